# The Dockerfile says CGO_ENABLED=0.
docker rm --force tide-clock 2>/dev/null
docker run --detach --name tide-clock --publish 8006:8000 tide-clock:small
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://localhost:8006/
