# A health check that starts the application's code and does not ask the one that runs.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    --health-cmd 'python -c "import app"' --health-interval 1s \
    harbour-api:1
until [ "$(docker inspect -f '{{.State.Health.Status}}' harbour-api)" = healthy ]; do sleep 0.1; done
