# compose.yaml declares the secret database_password, and web and database list it.
docker compose up -d --build --wait
docker compose exec -T web ls -l /run/secrets </dev/null
