# Only one of the three is started.
docker compose up -d cache
