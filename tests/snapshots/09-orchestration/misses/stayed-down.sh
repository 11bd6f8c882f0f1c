# The policy was given to the container that had ended, and nobody has started it.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --publish 8010:8000 harbour-front:1
until curl --silent http://localhost:8010/; do sleep 0.2; done
curl --silent http://localhost:8010/storm || true
docker wait lone-harbour
docker update --restart unless-stopped lone-harbour
