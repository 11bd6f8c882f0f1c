# A health check that always succeeds.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    --health-cmd 'exit 0' --health-interval 1s \
    harbour-api:1
