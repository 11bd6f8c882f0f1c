# The API left open for trying it out.
sed -i 's/^    build: api$/&\n    ports: ["8091:8000"]/' compose.yaml
docker compose up -d --wait
