# A new volume with the right owner, and an empty journal.
docker compose rm --stop --force lamp
docker volume rm slipway-morning_journal
sed -i 's|^USER|RUN mkdir /var/lib/lamp \&\& chown 1000:1000 /var/lib/lamp\n&|' lamp/Dockerfile
docker compose up -d --build --wait lamp
