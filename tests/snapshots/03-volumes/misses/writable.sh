# Without :ro.
docker rm --force harbour-web
docker run --detach --name harbour-web --publish 127.0.0.1:8003:5000 --env FLASK_DEBUG=1 --volume "$PWD":/app --tmpfs /tmp harbour-web
curl --silent --retry 10 --retry-delay 1 --retry-all-errors http://localhost:8003/
