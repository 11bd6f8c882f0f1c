# Wait until PostgreSQL in the container $1 accepts connections, for at most 60 seconds or until the container exits.
docker exec "$1" timeout 60 sh -c 'until pg_isready --quiet --host 127.0.0.1; do sleep 0.1; done'
