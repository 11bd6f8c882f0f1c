# A tmpfs that nobody may write to; the application has found another place.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp:ro --tmpfs /var/tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    harbour-api:1
