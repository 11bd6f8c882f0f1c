docker build --quiet --tag quay-web .
docker run --detach --name quay-web --network quay --publish 8004:8000 \
    --env DATABASE_URL=postgresql://postgres:practice@database:5432/postgres quay-web
curl --silent --retry 10 --retry-delay 1 --retry-all-errors http://localhost:8004/
