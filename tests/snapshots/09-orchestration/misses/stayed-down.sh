# The policy was given to the container that had ended, and nobody has started it.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --publish 8081:8000 harbour-web:1
until curl --silent http://localhost:8081/; do sleep 0.2; done
curl --silent http://localhost:8081/storm || true
docker wait lone-harbour
docker update --restart unless-stopped lone-harbour
