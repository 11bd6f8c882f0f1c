# The password written where only its name should stand.
sed -i "s/\${POSTGRES_PASSWORD:?[^}]*}/quay7lantern42/" compose.yaml
docker compose up -d --wait
