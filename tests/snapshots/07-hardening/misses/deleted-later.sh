# Copied, used and removed: the layer with the token is still there.
sed -i 's/^FROM python$/FROM python:3.11-slim/' Dockerfile
docker build --quiet --tag harbour-api:1 .
