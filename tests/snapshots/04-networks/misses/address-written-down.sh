# The address of the database as it was once, written into the container's list of hosts.
docker rm --force quay-web
docker run --detach --name quay-web --network quay --publish 8004:8000 --add-host database:10.99.99.99 \
    --env DATABASE_URL=postgresql://postgres:practice@database:5432/postgres quay-web
