docker rm -f first-container
docker run --name first-container busybox:1.35 echo hello
