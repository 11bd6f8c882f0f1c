docker rm -f failing-container
docker run -d --name failing-container busybox:1.35 sleep 60
docker kill failing-container
