# No volume: the folder is made by hand, and goes with the container.
docker run --detach --name harbour-desk busybox:1.35 sleep 1d
docker exec harbour-desk sh -c 'mkdir /book; echo one > /desk.txt; echo two > /book/log.txt'
