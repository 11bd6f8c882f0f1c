# The policy is there, but it was the learner who restarted the container.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --restart always --publish 8081:8000 harbour-web:1
docker restart lone-harbour
until curl --silent http://localhost:8081/; do sleep 0.2; done
