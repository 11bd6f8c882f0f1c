# PostgreSQL refuses to set itself up without a password.
docker run --detach --name harbour-database --volume harbour-data:/var/lib/postgresql/data postgres:15
docker wait harbour-database
