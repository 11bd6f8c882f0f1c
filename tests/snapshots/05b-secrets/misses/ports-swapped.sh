# The port published the wrong way round.
sed -i "s/8085:8000/8000:8085/" compose.yaml
docker compose up -d --wait
