# No volume is named: the image asks for one, and the engine draws a name.
docker rm --force --volumes harbour-database
docker run --detach --name harbour-database --env POSTGRES_PASSWORD=practice  postgres:15
bash ready.sh harbour-database
