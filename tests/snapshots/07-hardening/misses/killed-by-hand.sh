# Killed by somebody: the same exit code, and another reason.
docker rm --force harbour-hungry
docker run --detach --name harbour-hungry --memory 128m --memory-swap 128m harbour-api:1 sleep 60
docker kill harbour-hungry
