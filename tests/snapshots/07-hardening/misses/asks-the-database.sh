# /ready asked, which says 503 without a database.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    --health-cmd 'python -c "import urllib.request as web; web.urlopen(\"http://localhost:8000/ready\")"' \
    --health-interval 1s --health-retries 1 \
    harbour-api:1
until [ "$(docker inspect -f '{{.State.Health.Status}}' harbour-api)" = unhealthy ]; do sleep 0.1; done
