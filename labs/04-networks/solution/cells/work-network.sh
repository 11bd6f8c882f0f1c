docker network create quay
docker run --detach --name quay-database --network quay --network-alias database \
    --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
