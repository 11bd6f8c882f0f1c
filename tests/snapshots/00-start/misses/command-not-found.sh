# The words were given as the command. The engine could not start it.
docker rm -f first-container
docker run --name first-container busybox:1.35 'Hello from a container' || true
