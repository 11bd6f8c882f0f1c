# The server listens on the loopback address of the container.
docker rm --force harbour-web
docker run --detach --name harbour-web --publish 127.0.0.1:8003:5000 --env FLASK_DEBUG=1 --volume "$PWD":/app:ro --tmpfs /tmp harbour-web flask run --host 127.0.0.1
until docker logs harbour-web 2>&1 | grep --quiet 'Running on'; do sleep 0.1; done
