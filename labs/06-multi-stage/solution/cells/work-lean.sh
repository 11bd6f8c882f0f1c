# The Dockerfile copies the certificates and names a user.
docker build --quiet --tag tide-clock:small .
docker rm --force tide-clock
docker run --detach --name tide-clock --publish 8006:8000 tide-clock:small
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://localhost:8006/roots
