# The application reaches the database through a published port of the machine, from another network.
docker rm --force --volumes quay-database quay-web
docker run --detach --name quay-database --network quay --network-alias database --publish 15432:5432 \
    --env POSTGRES_PASSWORD=practice postgres:15
bash ready.sh quay-database
docker run --detach --name quay-web --publish 8004:8000 --add-host machine:host-gateway \
    --env DATABASE_URL=postgresql://postgres:practice@machine:15432/postgres quay-web
curl --silent --fail --retry 10 --retry-delay 1 --retry-all-errors http://localhost:8004/
