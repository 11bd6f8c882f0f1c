# Run again without a policy: it runs, and will not come back.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --publish 8081:8000 harbour-web:1
until curl --silent http://localhost:8081/; do sleep 0.2; done
