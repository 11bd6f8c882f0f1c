# It answers at the same place, through a published port.
docker rm --force quay-lookout
docker run --detach --name quay-lookout --publish 8014:8014 python:3.11-slim python -m http.server 8014
