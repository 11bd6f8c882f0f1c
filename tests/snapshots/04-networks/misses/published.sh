# A port for the database, as many examples have it.
docker rm --force --volumes quay-database
docker run --detach --name quay-database --network quay --network-alias database --publish 15432:5432 \
    --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
