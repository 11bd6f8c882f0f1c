# Published without an address.
docker rm --force harbour-web
docker run --detach --name harbour-web --publish 8003:5000 --env FLASK_DEBUG=1 --volume "$PWD":/app:ro --tmpfs /tmp harbour-web
until curl --silent http://127.0.0.1:8003/ | grep --quiet harbour; do sleep 0.2; done
