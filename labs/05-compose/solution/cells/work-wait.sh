# compose.yaml now has a health check, and the long form of depends_on.
docker compose up -d --build --wait
docker compose ps
