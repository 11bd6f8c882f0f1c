# The port published that the changed container listened on; the new container listens where its image says.
sed -i 's/8082:8000/8082:9000/' compose.yaml
docker compose up -d tide
until docker logs slipway-morning-tide-1 2>&1 | grep -q 'listens on port 8000'; do sleep 0.1; done
