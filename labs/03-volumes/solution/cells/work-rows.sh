docker exec -i harbour-database psql --username postgres < visits.sql
docker rm --force harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice \
    --volume harbour-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
docker exec harbour-database psql --username postgres --command 'SELECT * FROM visits'
