# Each service has restart: unless-stopped.
docker compose up -d --wait
docker compose exec -T web sh -c 'kill -INT 1' </dev/null
docker compose ps
