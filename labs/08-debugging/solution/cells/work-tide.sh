docker compose logs --no-log-prefix tide
docker diff slipway-morning-tide-1
# Only this container is wrong: a new one comes from the image.
docker compose up -d --force-recreate tide
