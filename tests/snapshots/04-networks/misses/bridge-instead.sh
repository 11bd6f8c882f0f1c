# The name alone makes no overlay.
docker rm --force quay-north quay-south
docker network rm quay-overlay
# A swarm takes a moment to forget a name.
until docker network create quay-overlay; do sleep 0.2; done
