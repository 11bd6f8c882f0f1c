# The application as the colleague sent it: it listens on 127.0.0.1 inside the container.
sed -i 's/0\.0\.0\.0/127.0.0.1/' app.py
docker build --quiet -t my-python-app .
docker rm -f my-running-app
docker run -d -p 5000:5000 --name my-running-app my-python-app
until docker logs my-running-app 2>&1 | grep -q Running; do sleep 0.1; done
