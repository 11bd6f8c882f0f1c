# The database on the default network, the application on quay.
docker rm --force --volumes quay-database
docker run --detach --name quay-database --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
