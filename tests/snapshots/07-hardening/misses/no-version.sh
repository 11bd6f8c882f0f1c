# The Dockerfile as it was handed over: whatever latest is on this day.
docker tag python:3.11-slim python:latest
docker build --quiet --tag harbour-api:1 .
docker rmi python:latest
