# The volume one folder too high: the image's own volume is mounted below it, without a name.
sed -i 's|- database-data:.*|- database-data:/var/lib/postgresql|' compose.yaml
# A container that is only replaced inherits the volume of the one before.
docker compose down
docker compose up -d --wait
