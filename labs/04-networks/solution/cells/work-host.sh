docker run --detach --name quay-lookout --network host python:3.11-slim \
    python -m http.server 8014 --bind 127.0.0.1
curl --silent --retry 10 --retry-delay 1 --retry-all-errors --output /dev/null --write-out '%{http_code}\n' http://127.0.0.1:8014/
