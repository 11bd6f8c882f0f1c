# The cache looked for under the name of its image, not of its service.
sed -i "s/redis:\/\/cache/redis:\/\/redis/" compose.yaml
docker compose up -d --wait
until curl -s http://localhost:8080/; do sleep 0.1; done
