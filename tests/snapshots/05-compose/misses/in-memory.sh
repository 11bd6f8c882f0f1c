# tmpfs left where it was.
sed -i 's/^    volumes:$/    tmpfs:/; s/- database-data:/- /' compose.yaml
# A container that is only replaced inherits the volume of the one before.
docker compose down
docker compose up -d --wait
