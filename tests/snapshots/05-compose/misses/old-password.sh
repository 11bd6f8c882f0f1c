# A new password in .env, after the volume was set up with the old one.
echo POSTGRES_PASSWORD=anotherone77 > .env
docker compose up -d --wait
until docker logs slipway-harbour-web-1 2>&1 | grep -q "Cannot start"; do sleep 0.1; done
