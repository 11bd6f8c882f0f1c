# The hungry program in another image.
docker rm --force harbour-hungry
docker run --interactive --name harbour-hungry --memory 128m --memory-swap 128m python:3.11-slim python - < hungry.py || true
