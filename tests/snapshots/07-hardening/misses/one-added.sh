# All dropped, and one given back that a port above 1024 does not need.
docker rm --force harbour-api
docker run --detach --name harbour-api --publish 8070:8000 \
    --user 1000:1000 --cap-drop ALL --cap-add NET_BIND_SERVICE --security-opt no-new-privileges --read-only --tmpfs /tmp \
    --memory 128m --memory-swap 128m --cpus 0.5 --pids-limit 64 \
    harbour-api:1
