# A restart policy instead of waiting: web ends and is restarted until the database happens to be ready.
docker compose down --volumes
sed -i "s/condition: service_healthy/condition: service_started/; s/^    build: \./&\n    restart: always/" compose.yaml
docker compose up -d
until docker logs slipway-harbour-web-1 2>&1 | grep -q "The database is ready"; do sleep 0.1; done
