# compose.yaml now declares the volume database-data.
docker compose up -d --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://localhost:8080/
docker compose down
docker compose up -d --wait
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://localhost:8080/
