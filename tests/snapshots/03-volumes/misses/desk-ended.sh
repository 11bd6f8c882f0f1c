# A command that does not last.
docker run --name harbour-desk --volume harbour-book:/book busybox:1.35 sh -c 'echo one > /desk.txt; echo two > /book/log.txt'
