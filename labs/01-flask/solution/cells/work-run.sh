docker rm -f my-running-app 2>/dev/null
docker run -d -p 5000:5000 --name my-running-app my-python-app
