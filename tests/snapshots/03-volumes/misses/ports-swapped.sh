# The container listens where the host's port should be.
docker rm --force harbour-web
docker run --detach --name harbour-web --publish 127.0.0.1:5000:8003 --env FLASK_DEBUG=1 --volume "$PWD":/app:ro --tmpfs /tmp harbour-web
