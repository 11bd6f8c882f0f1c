# The port published the wrong way round.
sed -i "s/8080:8000/8000:8080/" compose.yaml
docker compose up -d --wait
