docker rm -f first-container
docker run --name first-container python:3.11-slim echo 'Hello from a container'
