# The settings are mounted from this machine, over those of the image.
sed -i 's|      - "8082:8000"|      - "8082:8000"\n    volumes:\n      - ./tide/tide.conf:/app/tide.conf:ro|' compose.yaml
docker compose up -d tide
until curl -s http://localhost:8082/; do sleep 0.1; done
