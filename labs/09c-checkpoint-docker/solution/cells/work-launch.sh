# api/Dockerfile, board/Dockerfile, compose.yaml and .env are written.
docker compose up -d --build --wait
curl --silent --show-error --request POST http://localhost:8090/api/visits
docker compose down
docker compose up -d --wait
curl --silent --show-error http://localhost:8090/
