# Something that ends by itself, with exit code 0, under the name.
docker rm -f my-stopped-app
docker run --name my-stopped-app my-python-app true
