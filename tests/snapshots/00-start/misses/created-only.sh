# Created, and the start forgotten. The grader waits for a start that may still be under way, so this one is older.
docker rm -f first-container
docker create --name first-container busybox:1.35 echo 'Hello from a container'
sleep 11
