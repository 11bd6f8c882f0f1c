# Set up with a user of its own, and created again without naming it.
docker rm --force --volumes harbour-database
docker volume rm harbour-data
docker run --detach --name harbour-database --env POSTGRES_USER=keeper --env POSTGRES_PASSWORD=practice --volume harbour-data:/var/lib/postgresql/data postgres:15
until docker exec harbour-database pg_isready --quiet --host 127.0.0.1; do sleep 0.1; done
docker rm --force harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --volume harbour-data:/var/lib/postgresql/data postgres:15
until docker exec harbour-database pg_isready --quiet --host 127.0.0.1; do sleep 0.1; done
