# Another password than the database was set up with.
docker rm --force quay-web
docker run --detach --name quay-web --network quay --publish 8004:8000 \
    --env DATABASE_URL=postgresql://postgres:forgotten@database:5432/postgres quay-web
until curl --silent http://localhost:8004/; do sleep 0.2; done
