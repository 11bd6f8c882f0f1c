# The requirements are copied and never installed: the container ends at once.
sed -i '/^RUN/d' Dockerfile
docker build --quiet -t my-python-app .
docker rm -f my-running-app
docker run -d -p 5000:5000 --name my-running-app my-python-app
until [ "$(docker inspect -f '{{.State.Status}}' my-running-app)" = exited ]; do sleep 0.1; done
