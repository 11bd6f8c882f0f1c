# No limit at all.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp \
    harbour-api:1
