# Another right way: Compose, two stages of which only the first has ever seen the token, a user in the image, smaller
# limits in other units, a health check that is a program in the image, and the hungry program mounted.
cat > health.py <<'END_OF_FILE'
import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=2)
connection.request("GET", "/health")
sys.exit(connection.getresponse().status != 200)
END_OF_FILE
cat > Dockerfile <<'END_OF_FILE'
ARG PYTHON=3.11
FROM python:${PYTHON}-slim AS build
COPY netrc /root/.netrc
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r /requirements.txt

FROM python:${PYTHON}-slim
RUN useradd --uid 1000 --user-group keeper
COPY --from=build /venv /venv
COPY app.py health.py /srv/
USER keeper
WORKDIR /srv
ENTRYPOINT ["/venv/bin/gunicorn", "app:app", "--bind=:8000", "--access-logfile=-", "--no-control-socket"]
END_OF_FILE
cat > compose.yaml <<'END_OF_FILE'
name: slipway-hardening
services:
  api:
    build: .
    image: harbour-api:1
    container_name: harbour-api
    ports: ["127.0.0.1:8070:8000"]
    cap_drop: [all]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    tmpfs: ["/tmp:size=8m,noexec"]
    mem_limit: 100mb
    memswap_limit: 100mb
    cpu_quota: 40000
    cpu_period: 100000
    pids_limit: 40
    init: true
    healthcheck:
      test: ["CMD", "python", "health.py"]
      interval: 1s
  hungry:
    image: harbour-api:1
    container_name: harbour-hungry
    entrypoint: ["python", "/hungry.py"]
    volumes: ["./hungry.py:/hungry.py:ro"]
    mem_limit: 50mb
    memswap_limit: 50mb
    network_mode: none
END_OF_FILE
docker compose build --quiet api
docker compose up --detach --wait api
docker compose up hungry || true
