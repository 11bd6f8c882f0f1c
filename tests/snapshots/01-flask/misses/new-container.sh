# Removed and run again, instead of stopped and started.
docker rm -f my-running-app
docker run -d -p 5000:5000 --name my-running-app my-python-app
until curl -s localhost:5000/hello/outside; do sleep 0.1; done
