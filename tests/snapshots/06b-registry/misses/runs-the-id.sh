# The right image, by a name that means nothing to another machine.
image=$(docker container inspect berth-sign --format '{{.Image}}')
docker rm berth-sign
docker run --name berth-sign "$image"
