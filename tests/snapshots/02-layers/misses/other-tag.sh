# Built, but not under the name that was asked for.
docker rm --force harbour-greeting
docker tag harbour-greeting:clean harbour-greeting:tidy
docker rmi harbour-greeting:clean
