# A pattern that means all folders takes a file of the application, too.
printf '%s\n' .git .env '**/*.csv' > .dockerignore
docker build --quiet --tag harbour-greeting:clean .
docker rm --force harbour-greeting
docker run --detach --name harbour-greeting --publish 8002:5000 harbour-greeting:clean
docker wait harbour-greeting
