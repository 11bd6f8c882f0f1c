# CMD left out: the image runs what its base runs.
sed -i '/^CMD/d' Dockerfile
docker build --quiet -t my-python-app .
