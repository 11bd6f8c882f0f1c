# Another right way: the long forms, containers with names of their own, a health check that asks a question, another
# folder for the data, another server for the application under a user of its own.
cat > Dockerfile <<'END_OF_FILE'
FROM python:3.11-slim
RUN pip install --no-cache-dir Flask 'psycopg[binary]' redis && useradd --create-home keeper
USER keeper
WORKDIR /home/keeper
COPY --chown=keeper app.py ./
ENTRYPOINT ["python", "-m", "flask"]
CMD ["--app", "app:app", "run", "--host", "0.0.0.0", "--port", "8000"]
END_OF_FILE
cat > compose.yaml <<'END_OF_FILE'
name: slipway-harbour
services:
  cache:
    image: docker.io/library/redis:7
    healthcheck: {test: redis-cli ping | grep PONG, interval: 1s, retries: 20}
    tmpfs: /data
    networks: {inside: {aliases: [counter]}}
  database:
    image: docker.io/library/postgres:15
    container_name: slipway-harbour-postgres
    environment:
      - POSTGRES_PASSWORD=of-no-importance-here
      - PGDATA=/data/postgres
    healthcheck:
      test: psql --host "$$HOSTNAME" --username postgres --no-password --command 'SELECT 1' 2>&1 | grep -E '1 row|no password supplied'
      interval: 1s
      retries: 30
    volumes:
      - {type: volume, source: rows, target: /data}
    networks: [inside]
  web:
    build: {context: ., dockerfile: Dockerfile}
    container_name: slipway-harbour-front-door
    init: true
    environment:
      - DATABASE_URL=host=database user=postgres dbname=postgres
      - DATABASE_PASSWORD=of-no-importance-here
      - CACHE_URL=redis://counter
    ports:
      - {target: 8000, published: "8080", host_ip: 127.0.0.1, protocol: tcp}
    depends_on:
      database: {condition: service_healthy, restart: true}
      cache: {condition: service_healthy}
    networks: [inside, outside]
networks:
  inside: {internal: true}
  outside: {}
volumes:
  rows: {name: slipway-harbour-rows}
END_OF_FILE
docker compose build --quiet
docker compose up --detach --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/
docker compose rm --stop --force --volumes
docker compose up --detach --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/
