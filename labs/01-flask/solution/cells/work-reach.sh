# app.py now says host="0.0.0.0": build it into the image, then replace the container by one of the new image.
docker build -t my-python-app .
docker rm -f my-running-app
docker run -d -p 5000:5000 --name my-running-app my-python-app
