# Stopped and started, not removed: the rows were never without their container.
docker rm --force harbour-database
docker volume rm harbour-data
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice \
    --volume harbour-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
docker exec -i harbour-database psql --username postgres < visits.sql
docker restart harbour-database
bash ready.sh harbour-database
