docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice \
    --volume harbour-data:/var/lib/postgresql/data postgres:15
bash ready.sh harbour-database
