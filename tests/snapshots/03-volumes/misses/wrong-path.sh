# The volume one folder too high: an anonymous one lies on top of it.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice --volume harbour-data:/var/lib/postgresql postgres:15
bash ready.sh harbour-database
