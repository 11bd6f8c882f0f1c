# No STOPSIGNAL: Python, as process 1, ignores SIGTERM and is killed.
sed -i '/^STOPSIGNAL/d' Dockerfile
docker build --quiet -t my-python-app .
docker rm -f my-stopped-app
docker run -d --name my-stopped-app my-python-app
until docker logs my-stopped-app 2>&1 | grep -q Running; do sleep 0.1; done
docker stop my-stopped-app
