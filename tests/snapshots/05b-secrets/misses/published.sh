# The database still published, as in the file that was handed over.
sed -i 's|^    image: postgres:15|&\n    ports: ["15435:5432"]|' compose.yaml
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
