# The cache looked for under the name of its image, not of its service.
sed -i "s/redis:\/\/cache/redis:\/\/redis/" compose.yaml
docker compose up -d --wait
curl --silent --retry 20 --retry-delay 1 --retry-connrefused http://localhost:8080/
