# The database looked for under a name that no service has: the process lives, and no visit can be kept.
sed -i 's/@database:5432/@postgres:5432/' compose.yaml
docker compose up -d --wait
