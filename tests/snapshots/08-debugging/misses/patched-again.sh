# Edited back inside the container.
bash morning.sh
docker exec slipway-morning-tide-1 sed -i 's/9000/8000/' /app/tide.conf
docker restart slipway-morning-tide-1
until curl -s http://localhost:8082/; do sleep 0.1; done
