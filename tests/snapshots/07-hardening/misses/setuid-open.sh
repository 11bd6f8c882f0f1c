# No capabilities, but setuid programs still give rights.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    harbour-api:1
