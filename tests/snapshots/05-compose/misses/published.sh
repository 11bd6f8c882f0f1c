# The database still published, as in the file that was handed over.
sed -i 's|^    image: postgres:15|&\n    ports: ["15432:5432"]|' compose.yaml
docker compose up -d --wait
