docker run --detach --name harbour-desk --volume harbour-book:/book busybox:1.35 sleep 1d
docker exec harbour-desk sh -c 'echo one > /desk.txt; echo two > /book/log.txt'
docker diff harbour-desk
