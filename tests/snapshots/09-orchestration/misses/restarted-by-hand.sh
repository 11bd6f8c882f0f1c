# The policy is there, but it was the learner who restarted the container.
docker rm --force lone-harbour
docker run --detach --name lone-harbour --restart always --publish 8010:8000 harbour-front:1
docker restart lone-harbour
until curl --silent http://localhost:8010/; do sleep 0.2; done
