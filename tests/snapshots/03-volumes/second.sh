# Another right way: everything in the long form, volumes made first, data one folder deeper, another user and database,
# another server with its own way of watching files, changes made with other tools.
docker volume create harbour-book
docker volume create harbour-data
docker container create --name harbour-desk --mount type=volume,source=harbour-book,target=/book busybox:1.35 sleep 36000
docker container start harbour-desk
printf 'one\n' > note.txt
docker container cp note.txt harbour-desk:/desk.txt
docker run --rm --volumes-from harbour-desk busybox:1.35 sh -c 'date > /book/log.txt'

database() {
    docker container run --detach --name harbour-database --env POSTGRES_USER=keeper --env POSTGRES_DB=log \
        --env POSTGRES_PASSWORD=lantern --env PGDATA=/srv/rows/here --mount type=volume,src=harbour-data,dst=/srv/rows \
        --tmpfs /run/postgresql "$@" postgres:15
    until docker exec harbour-database pg_isready --quiet --host 127.0.0.1; do sleep 0.1; done
}
database
docker exec --interactive harbour-database psql --host 127.0.0.1 --username keeper --dbname log <<'END'
CREATE TABLE visits (id serial, at timestamptz DEFAULT now(), served_by text);
INSERT INTO visits (served_by) SELECT 'keeper' FROM generate_series(1, 3);
END
docker stop harbour-database
docker rm --volumes harbour-database
database --restart unless-stopped

docker build --tag harbour-web - <<'END'
FROM python:3.11-slim
RUN pip install --no-cache-dir Flask gunicorn
WORKDIR /app
CMD ["gunicorn", "--reload", "--bind", "0.0.0.0:5000", "app:app"]
END
docker run --detach --init --name harbour-web --publish 127.0.0.1:8003:5000 --read-only \
    --mount "type=bind,source=$PWD,target=/app,readonly" --mount type=tmpfs,target=/tmp harbour-web
until curl --silent http://127.0.0.1:8003/ | grep --quiet Docker; do sleep 0.2; done
cat > app.py <<'END'
from flask import Flask
app = Flask(__name__)
@app.get("/")
def greet():
    return "Welcome to the harbour! You have reached the second way.\n"
END
until curl --silent http://127.0.0.1:8003/ | grep --quiet Welcome; do sleep 0.2; done
