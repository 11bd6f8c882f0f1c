docker rm -f my-running-app
docker run -d -p 5000:8000 --name my-running-app my-python-app
