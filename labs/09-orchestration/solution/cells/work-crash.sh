docker rm --force lone-harbour
docker build --quiet --build-arg VERSION=1 --tag harbour-web:1 .
docker run --detach --name lone-harbour --restart unless-stopped --publish 8081:8000 harbour-web:1
until curl --silent http://localhost:8081/; do sleep 0.2; done
curl --silent http://localhost:8081/storm || true
until curl --silent http://localhost:8081/; do sleep 0.2; done
