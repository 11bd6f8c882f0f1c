# Another right way: the long forms, names and folders of their own, another server for the application, restart: always,
# an internal network, and a secret in a folder of its own.
mkdir -p secrets
printf 'tide%stable' "$RANDOM$RANDOM" > secrets/database_password.txt
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
name: slipway-lodge
x-always: &always
  restart: always
services:
  cache:
    <<: *always
    image: docker.io/library/redis:7
    healthcheck: {test: redis-cli ping | grep PONG, interval: 1s, retries: 20}
    tmpfs: /data
    networks: {inside: {aliases: [counter]}}
  database:
    <<: *always
    image: docker.io/library/postgres:15
    container_name: slipway-lodge-postgres
    environment:
      - POSTGRES_PASSWORD_FILE=/run/secrets/database_password
      - PGDATA=/data/postgres
    secrets: [database_password]
    healthcheck:
      test: psql --host "$$HOSTNAME" --username postgres --no-password --command 'SELECT 1' 2>&1 | grep -E '1 row|no password supplied'
      interval: 1s
      retries: 30
    volumes:
      - {type: volume, source: rows, target: /data}
    networks: [inside]
  web:
    <<: *always
    build: {context: ., dockerfile: Dockerfile}
    container_name: slipway-lodge-front-door
    init: true
    environment:
      - DATABASE_URL=host=database user=postgres dbname=postgres
      - DATABASE_PASSWORD_FILE=/run/secrets/database_password
      - CACHE_URL=redis://counter
    secrets:
      - {source: database_password, target: database_password}
    ports:
      - {target: 8000, published: "8085", host_ip: 127.0.0.1, protocol: tcp}
    depends_on:
      database: {condition: service_healthy, restart: true}
      cache: {condition: service_healthy}
    networks: [inside, outside]
networks:
  inside: {internal: true}
  outside: {}
volumes:
  rows: {name: slipway-lodge-rows}
secrets:
  database_password: {file: ./secrets/database_password.txt}
END_OF_FILE
docker compose build --quiet
docker compose up --detach --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8085/
docker compose rm --stop --force --volumes
docker compose up --detach --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8085/
