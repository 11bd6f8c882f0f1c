# .env holds the password, .dockerignore keeps it out of the image.
docker compose up -d --build --wait
docker compose exec -T web ls -a </dev/null
