docker compose logs --no-log-prefix tide
docker diff slipway-morning-tide-1
# Only this container was changed. A new one starts from the image.
docker compose up -d --force-recreate tide
