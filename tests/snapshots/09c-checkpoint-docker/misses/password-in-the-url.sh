# The address of the database with the password in it.
sed -i 's|harbour@database|harbour:beacon4harbour@database|' compose.yaml
docker compose up -d --wait
