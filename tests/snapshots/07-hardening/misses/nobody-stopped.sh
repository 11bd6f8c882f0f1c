# The hungry program without any limit.
docker rm --force harbour-hungry
docker run --interactive --name harbour-hungry harbour-api:1 python - < hungry.py
