# Quick, and forgotten with the next stop.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --tmpfs /var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
