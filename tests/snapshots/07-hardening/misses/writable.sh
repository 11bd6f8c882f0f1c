# User 1000 cannot write to /, and that was taken for a read-only root.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    harbour-api:1
