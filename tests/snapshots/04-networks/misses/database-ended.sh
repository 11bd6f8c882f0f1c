# Without a password the image refuses to start.
docker rm --force --volumes quay-database
docker run --detach --name quay-database --network quay --network-alias database postgres:15
docker wait quay-database
