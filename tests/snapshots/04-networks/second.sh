# Another right way: a network with addresses of our choice, connections made later, Compose for a part of it, an application
# server of another kind, images without any tools, names given elsewhere.
docker network create --driver bridge --subnet 10.98.0.0/24 --label purpose=second quay
docker run --detach --name quay-database --env POSTGRES_HOST_AUTH_METHOD=trust --env POSTGRES_USER=keeper postgres:15
docker network connect --alias rows --alias database quay quay-database
docker network disconnect bridge quay-database

cat > Containerfile <<'END'
FROM python:3.11-slim
RUN pip install --no-cache-dir Flask 'psycopg[binary]'
COPY app.py /srv/
WORKDIR /srv
CMD ["python", "-m", "flask", "run", "--host", "0.0.0.0", "--port", "8000"]
END
docker build --quiet --file Containerfile --tag quay-web:latest .
cat > compose.yaml <<'END'
name: quay-second-way
services:
  any:
    image: quay-web
    container_name: quay-web
    environment: {DATABASE_URL: "host=rows user=keeper"}
    ports: ["127.0.0.1:8004:8000"]
    networks: [theirs]
networks:
  theirs: {name: quay, external: true}
END
docker compose up --detach
curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8004/

docker create --name quay-lookout --network host busybox:1.35 \
    sh -c 'echo watching > /tmp/index.html; exec httpd -f -p 127.0.0.1:8014 -h /tmp'
docker start quay-lookout

[ "$(docker info --format '{{.Swarm.ControlAvailable}}')" = true ] ||
    docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377
docker network create --attachable -d overlay --subnet 10.97.0.0/24 quay-overlay
# An image with one program and nothing else: whoever wants to look from inside has to bring the tools along.
docker build --quiet --tag quay-web:bare - <<'END'
FROM scratch
COPY --from=busybox:1.35 /bin/busybox /sleep
END
docker run --detach --name quay-south --network quay-overlay quay-web:bare /sleep 86400
docker run --detach --name quay-north --hostname far-away --network quay-overlay python:3.11-slim python -m http.server 8000
until docker run --rm --network quay-overlay busybox:1.35 wget -q -O /dev/null http://quay-north:8000/; do sleep 0.2; done
curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8014/
