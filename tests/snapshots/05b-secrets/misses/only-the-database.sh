# The database has the file; the URL of web still contains the password.
echo "POSTGRES_PASSWORD=quay7lantern42" > .env
sed -i "s|harbour@database|harbour:\${POSTGRES_PASSWORD}@database|; /DATABASE_PASSWORD_FILE/d" compose.yaml
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
