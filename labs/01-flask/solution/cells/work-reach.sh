# app.py now says host="0.0.0.0": rebuild the image, then replace the container with one from the new image.
docker build -t my-python-app .
docker rm -f my-running-app
docker run -d -p 5000:5000 --name my-running-app my-python-app
