# No FLASK_DEBUG: the file is new, the process has the old one in memory.
sed -i 's/Welcome to the harbour!/Hello from Docker!/' app.py
docker rm --force harbour-web
docker run --detach --name harbour-web --publish 127.0.0.1:8003:5000 --volume "$PWD":/app:ro --tmpfs /tmp harbour-web
curl --silent --retry 10 --retry-delay 1 --retry-all-errors http://localhost:8003/
sed -i 's/Hello from Docker!/Welcome to the harbour!/' app.py
# A file that was changed only just now may still be waited for.
touch --date '1 minute ago' app.py
