# EXPOSE taken for publishing.
docker rm -f my-running-app
docker run -d --name my-running-app my-python-app
