# WORKDIR left out: the files lie in the root folder of the image.
sed -i '/^WORKDIR/d' Dockerfile
docker build --quiet -t my-python-app .
