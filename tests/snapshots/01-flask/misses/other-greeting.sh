docker rm -f my-running-app
docker run -d -p 5000:5000 -e GREETING='Good morning' --name my-running-app my-python-app
until curl -s localhost:5000; do sleep 0.1; done
