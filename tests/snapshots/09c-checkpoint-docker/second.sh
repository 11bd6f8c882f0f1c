# Another right way: users made in the images, a secret as a file, containers named by hand, the API's health check asks for
# readiness, the board on a small Debian, the settings in each service and in their other spellings.
mkdir -p secrets
printf 'lantern%smole' "$RANDOM" > secrets/password
chmod 644 secrets/password
cat > api/Dockerfile <<'END_OF_FILE'
FROM python:3.11-slim AS parts
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --requirement /requirements.txt
FROM python:3.11-slim
RUN useradd --uid 2000 keeper
COPY --from=parts /venv /venv
COPY app.py /srv/app.py
WORKDIR /srv
USER keeper
ENTRYPOINT ["/venv/bin/gunicorn", "app:app"]
CMD ["--bind", ":8000", "--worker-tmp-dir", "/dev/shm", "--threads", "4"]
END_OF_FILE
cat > board/Dockerfile <<'END_OF_FILE'
FROM golang:1.24 AS build
COPY . /src
RUN cd /src && CGO_ENABLED=0 go build -o /out/gate . && mkdir -p /out/etc && echo 'gate:x:3000:3000::/:' > /out/etc/passwd
FROM scratch
COPY --from=build /out /
USER gate
HEALTHCHECK --interval=1s --timeout=3s --retries=30 CMD ["/gate", "health"]
CMD ["/gate"]
END_OF_FILE
cat > compose.yaml <<'END_OF_FILE'
name: slipway-quay
services:
  database:
    image: postgres:15
    container_name: slipway-quay-postgres
    environment: [POSTGRES_PASSWORD_FILE=/run/secrets/password, PGDATA=/rows/data]
    secrets: [password]
    volumes: [{type: volume, source: rows, target: /rows}]
    healthcheck: {test: pg_isready -h localhost, interval: 1s, retries: 40}
    networks: [inside]
    restart: always
  api:
    build: {context: api}
    image: slipway-quay-backend
    environment:
      DATABASE_URL: host=database user=postgres dbname=postgres
      DATABASE_PASSWORD_FILE: /run/secrets/password
    secrets: [password]
    depends_on: {database: {condition: service_healthy, restart: true}}
    healthcheck:
      test: /venv/bin/python -c "import urllib.request as u; u.urlopen('http://localhost:8000/ready')"
      interval: 1s
      retries: 40
    read_only: true
    cap_drop: [all]
    security_opt: [no-new-privileges]
    deploy: {resources: {limits: {memory: 300M}}}
    networks: {inside: {}, gate: {aliases: [backend]}}
    restart: always
  board:
    build: ./board
    environment: {API_URL: "http://backend:8000"}
    ports: [{target: 8000, published: "8090", host_ip: 127.0.0.1}]
    depends_on: {api: {condition: service_healthy}}
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges=true]
    deploy: {resources: {limits: {memory: 64M}}}
    networks: [gate]
    restart: always
networks: {inside: {internal: true}, gate: {}}
volumes: {rows: {name: slipway-quay-rows}}
secrets: {password: {file: ./secrets/password}}
END_OF_FILE
docker compose up --detach --build --wait
curl --silent --fail --request POST http://127.0.0.1:8090/api/visits
docker rm --force slipway-quay-postgres
docker compose up --detach --wait
