# The file as it was handed over: web asks before the database is ready, and ends.
docker compose up -d --build
until [ "$(docker inspect -f "{{.State.Status}}" slipway-harbour-web-1)" = exited ]; do sleep 0.1; done
