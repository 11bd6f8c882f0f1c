printf '%s\n' .git .env recordings > .dockerignore
docker build --progress plain --tag harbour-greeting:clean .
docker run --detach --name harbour-greeting --publish 8002:5000 harbour-greeting:clean
docker exec harbour-greeting ls -A
