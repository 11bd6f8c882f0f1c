# A read-only disk, and no place for gunicorn's temporary files.
sed -i '/tmpfs/d' compose.yaml
docker compose up -d || true
until docker logs slipway-quay-api-1 2>&1 | grep -q "No usable temporary directory"; do sleep 0.1; done
# What has been restarted a few times is between two starts most of the time.
until [ "$(docker inspect --format '{{.RestartCount}} {{.State.Status}}' slipway-quay-api-1 | sed 's/^[5-9]/many/')" = "many restarting" ]
do sleep 0.1; done
