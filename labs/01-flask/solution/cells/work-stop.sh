# The Dockerfile now says STOPSIGNAL SIGINT.
docker build -t my-python-app .
docker rm -f my-running-app my-stopped-app 2>/dev/null
docker run -d -p 5000:5000 --name my-running-app my-python-app
docker run -d --name my-stopped-app my-python-app
until docker logs my-stopped-app 2>&1 | grep -q Running; do sleep 0.1; done
docker stop my-stopped-app
docker ps -a
