# The database on the default network: it exists already, so none was made.
docker run --detach --name quay-database --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
