# The two numbers of the port the wrong way round.
sed -i 's/8090:8000/8000:8090/' compose.yaml
docker compose up -d --wait
