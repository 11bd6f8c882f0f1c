# Another right way: a named stage, everything added at once, an entry point with the `flask` command, a process in front that
# passes signals on, and containers that are created first and started later.
cat > Dockerfile <<'END'
FROM --platform=$BUILDPLATFORM python:3.11-slim AS app
RUN python3 -m pip install --no-cache-dir flask
EXPOSE 5000/tcp 5000/udp
WORKDIR /app/
ADD . .
ENV FLASK_APP=app FLASK_RUN_HOST=0.0.0.0
ENTRYPOINT ["flask"]
CMD ["run", "--port", "5000"]
END
docker build --quiet --tag my-python-app:latest .
id=$(docker image inspect --format '{{.Id}}' my-python-app)
docker create --name my-running-app --publish 0.0.0.0:5000:5000/tcp --init "$id"
docker start my-running-app
docker create --init --name my-stopped-app my-python-app
docker start my-stopped-app
until docker logs my-stopped-app 2>&1 | grep -q Running; do sleep 0.1; done
docker stop --time 5 my-stopped-app
until curl -s http://127.0.0.1:5000/hello/outside; do sleep 0.1; done
docker exec my-running-app python3 -c '
import http.client, socket
connection = http.client.HTTPConnection(socket.gethostbyname(socket.gethostname()), 5000)
connection.request("GET", "/hello/inside")
print(connection.getresponse().status)'
docker restart my-running-app
