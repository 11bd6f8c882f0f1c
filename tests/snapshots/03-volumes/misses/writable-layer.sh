# The data sent elsewhere: the volume is mounted, and nothing is written to it.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --env PGDATA=/srv/postgres --volume harbour-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
