# Without --attachable: containers are refused.
docker rm --force quay-north quay-south
docker network rm quay-overlay
# A swarm takes a moment to forget a name.
until docker network create --driver overlay quay-overlay; do sleep 0.2; done
docker run --detach --name quay-south --network quay-overlay busybox:1.35 sleep 1d || true
