# The volume removed together with the container.
docker rm --force harbour-database
docker volume rm harbour-data
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice \
    --volume harbour-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
