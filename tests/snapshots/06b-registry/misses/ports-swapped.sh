# The registry listens on 5000 in the container, whatever is published.
docker rm --force harbour-registry
docker run --detach --name harbour-registry --publish 127.0.0.1:8066:8066 --volume harbour-images:/var/lib/registry registry:3
