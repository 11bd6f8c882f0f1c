docker rm -f first-container 2>/dev/null
docker run --name first-container busybox:1.35 echo "Hello from a container"
docker ps -a --filter name=first-container
