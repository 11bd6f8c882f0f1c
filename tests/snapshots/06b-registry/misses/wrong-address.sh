# Told to listen on the loopback address, which is the container's own.
docker rm --force harbour-registry
docker run --detach --name harbour-registry --publish 127.0.0.1:8066:5000 --volume harbour-images:/var/lib/registry \
    --env REGISTRY_HTTP_ADDR=127.0.0.1:5000 registry:3
