docker rm berth-sign
docker run --name berth-sign localhost:8066/berth-sign:1.0
