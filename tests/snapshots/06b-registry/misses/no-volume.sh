# The image declares a volume, so there is one, but without a name.
docker rm --force harbour-registry
docker run --detach --name harbour-registry --publish 127.0.0.1:8066:5000 registry:3
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://localhost:8066/v2/
