# The password in compose.yaml again, next to the file that should hold it.
sed -i "s|harbour@database|harbour:quay7lantern42@database|" compose.yaml
docker compose up -d --wait
