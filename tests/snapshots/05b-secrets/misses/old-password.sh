# A new password in the file, after the volume was set up with the old one, and nothing yet that starts web again.
echo anotherone77 > database_password.txt
sed -i '/restart: unless-stopped/d' compose.yaml
docker compose up -d --force-recreate
until [ "$(docker inspect -f '{{.State.Status}}' slipway-lodge-web-1)" = exited ]; do sleep 0.1; done
