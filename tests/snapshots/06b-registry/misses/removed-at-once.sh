image=$(docker container inspect berth-sign --format '{{.Config.Image}}')
docker rm berth-sign
docker run --rm --name berth-sign "$image"
