# A server on a port of its own choice.
docker rm --force --volumes quay-database
docker run --detach --name quay-database --network quay --network-alias database --env PGPORT=5433 \
    --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
