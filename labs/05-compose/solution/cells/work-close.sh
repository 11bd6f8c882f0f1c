# No ports under database, two networks, a restart policy for each service.
docker compose up -d --wait
docker compose ps
