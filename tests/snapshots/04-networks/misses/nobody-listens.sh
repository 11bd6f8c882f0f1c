# Both on the network, and nothing serves.
docker rm --force quay-north
docker run --detach --name quay-north --network quay-overlay busybox:1.35 sleep 1d
