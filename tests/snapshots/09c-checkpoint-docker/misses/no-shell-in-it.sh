# The health check of board written for a shell, which its image does not have.
sed -i 's|test: \["CMD", "/board", "health"\]|test: /board health|' compose.yaml
sed -i 's/retries: 20/retries: 2/' compose.yaml
docker compose up -d
until [ "$(docker inspect --format '{{.State.Health.Status}}' slipway-quay-board-1)" = unhealthy ]; do sleep 0.1; done
