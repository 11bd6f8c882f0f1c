# No mount: the image makes a volume of its own, which the next container does not find.
sed -i '/^    volumes:$/,+1d' compose.yaml
docker compose down
docker compose up -d --wait
curl --silent --show-error --request POST http://localhost:8090/api/visits
