# The image names a user, and the container was told otherwise.
docker rm --force tide-clock
docker run --detach --name tide-clock --user 0 --publish 8006:8000 tide-clock:small
until curl --silent http://localhost:8006/; do sleep 0.1; done
