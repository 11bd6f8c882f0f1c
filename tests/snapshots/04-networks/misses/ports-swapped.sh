# The container's port where the host's should be.
docker rm --force quay-web
docker run --detach --name quay-web --network quay --publish 8000:8004 \
    --env DATABASE_URL=postgresql://postgres:practice@database:5432/postgres quay-web
