# On the machine's network the machine's ports are taken: here by the published port of quay-web.
docker rm --force quay-lookout
docker run --detach --name quay-lookout --network host python:3.11-slim python -m http.server 8004
docker wait quay-lookout
