# A dynamic program on an empty base, started.
sed -i '/CGO_ENABLED/d' Dockerfile
docker build --quiet --tag tide-clock:small .
docker rm --force tide-clock
docker run --detach --name tide-clock --publish 8006:8000 tide-clock:small
docker wait tide-clock
