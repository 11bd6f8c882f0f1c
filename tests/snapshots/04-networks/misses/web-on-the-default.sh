# The application where nobody has a name.
docker rm --force quay-web
docker run --detach --name quay-web --publish 8004:8000 \
    --env DATABASE_URL=postgresql://postgres:practice@database:5432/postgres quay-web
