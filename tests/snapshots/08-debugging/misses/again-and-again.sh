# A restart policy in the place of a repair.
bash morning.sh
sed -i 's|build: ferry|&\n    restart: always|' compose.yaml
docker compose up -d ferry
until [ "$(docker inspect -f '{{.State.Status}} {{.RestartCount}}' slipway-morning-ferry-1 | grep -c 'restarting [3-9]')" = 1 ]; do sleep 0.1; done
