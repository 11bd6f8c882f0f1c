# The health check switched off.
bash morning.sh
sed -i 's|build: lamp|&\n    healthcheck: {disable: true}|' compose.yaml
docker compose up -d lamp
