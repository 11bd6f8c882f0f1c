# The morning as it comes: the journal is root's.
bash morning.sh
until [ "$(docker inspect -f '{{.State.Health.Status}}' slipway-morning-lamp-1)" = unhealthy ]; do sleep 0.1; done
