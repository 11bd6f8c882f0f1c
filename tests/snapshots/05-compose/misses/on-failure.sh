# A policy that does not act after a reboot.
sed -i 's/restart: unless-stopped/restart: on-failure/' compose.yaml
docker compose up -d --wait
