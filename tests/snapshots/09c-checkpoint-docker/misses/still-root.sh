# The user taken out of both places.
sed -i '/user: "1000:1000"/d' compose.yaml
sed -i '/^USER/d' api/Dockerfile
docker compose up -d --build --wait
