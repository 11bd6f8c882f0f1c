# Killed only because this machine has no swap left to give.
docker rm --force harbour-hungry
docker run --interactive --name harbour-hungry --memory 128m harbour-api:1 python - < hungry.py || true
