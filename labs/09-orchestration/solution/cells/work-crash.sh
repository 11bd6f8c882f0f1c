docker rm --force lone-harbour
docker build --quiet --build-arg VERSION=1 --tag harbour-front:1 .
docker run --detach --name lone-harbour --restart unless-stopped --publish 8010:8000 harbour-front:1
until curl --silent http://localhost:8010/; do sleep 0.2; done
curl --silent http://localhost:8010/storm || true
until curl --silent http://localhost:8010/; do sleep 0.2; done
