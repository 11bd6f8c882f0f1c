docker compose logs --no-log-prefix --tail 1 clerk
# compose.yaml now has clerk on the network of the database.
docker compose up -d clerk
# Set the database's password to the one in .env.
source .env
docker compose exec -T database psql -U harbour -c "ALTER ROLE harbour PASSWORD '$POSTGRES_PASSWORD'" </dev/null
until docker compose logs --tail 1 clerk | grep "is noted"; do sleep 0.5; done
