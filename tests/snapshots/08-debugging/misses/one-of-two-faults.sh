# The first fault repaired, and the second not looked for.
bash morning.sh
sed -i 's/^      - quay$/      - store/' compose.yaml
docker compose up -d clerk
until docker logs slipway-morning-clerk-1 2>&1 | grep -q password; do sleep 0.1; done
