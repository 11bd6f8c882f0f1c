docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    harbour-api:1
# The container is killed at its limit, so this command ends with exit code 137.
docker run --interactive --name harbour-hungry --memory 128m --memory-swap 128m harbour-api:1 python - < hungry.py || true
