# Unpublished, but all three on one network.
sed -i '/^      - front$/d' compose.yaml
docker compose up -d --wait
