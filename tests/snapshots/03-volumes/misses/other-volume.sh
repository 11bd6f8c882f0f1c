# Another name is another volume.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --volume harbour-lost-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
