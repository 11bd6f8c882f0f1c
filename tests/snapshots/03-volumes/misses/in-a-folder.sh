# A folder of this machine instead of a volume.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --volume "$PWD/data":/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
