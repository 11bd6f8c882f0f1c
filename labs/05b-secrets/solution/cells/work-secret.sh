# compose.yaml takes the password from outside, and .dockerignore keeps it out of the image.
docker compose up -d --build --wait
docker compose exec -T web ls -a </dev/null
