# One of the two on another network.
docker rm --force quay-south
docker run --detach --name quay-south --network quay busybox:1.35 sleep 1d
