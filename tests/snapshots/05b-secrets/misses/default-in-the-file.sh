# A default value for the password: it is in the file again.
sed -i "s|POSTGRES_PASSWORD_FILE: .*|POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:-quay7lantern42}|" compose.yaml
docker compose up -d --wait
