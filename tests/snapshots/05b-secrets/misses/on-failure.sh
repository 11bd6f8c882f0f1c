# A policy that does not act after a reboot.
sed -i 's/restart: unless-stopped/restart: on-failure/' compose.yaml
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
