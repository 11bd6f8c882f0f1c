# No mount at all: the image asks for a volume, and Docker makes one without a name.
sed -i '/^    volumes:$/d; /- database-data:/d' compose.yaml
# A container that is only replaced inherits the volume of the one before.
docker compose down
docker compose up -d --wait
