# The code was printed instead of returned.
docker rm -f failing-container
docker run --name failing-container busybox:1.35 echo 3
