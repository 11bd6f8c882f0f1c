# In a container, localhost is the container itself.
docker rm --force quay-web
docker run --detach --name quay-web --network quay --publish 8004:8000 \
    --env DATABASE_URL=postgresql://postgres:practice@localhost:5432/postgres quay-web
until curl --silent http://localhost:8004/; do sleep 0.2; done
