# Both files in the volume.
docker run --detach --name harbour-desk --volume harbour-book:/book busybox:1.35 sleep 1d
docker exec harbour-desk sh -c 'echo one > /book/desk.txt; echo two > /book/log.txt'
