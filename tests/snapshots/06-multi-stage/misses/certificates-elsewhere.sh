# The certificates are there, where nobody looks for them.
sed -i 's|ca-certificates.crt /etc/ssl/certs/|ca-certificates.crt /certificates/|' Dockerfile
docker build --quiet --tag tide-clock:small .
docker rm --force tide-clock
docker run --detach --name tide-clock --publish 8006:8000 tide-clock:small
until curl --silent http://localhost:8006/; do sleep 0.1; done
