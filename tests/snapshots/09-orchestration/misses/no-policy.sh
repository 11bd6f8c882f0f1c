# Run again without a policy: it runs, and will not come back.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --publish 8010:8000 harbour-front:1
until curl --silent http://localhost:8010/; do sleep 0.2; done
