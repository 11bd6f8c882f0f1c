# The password from .env, as after the first task: out of the file, and still in the variables of both containers.
echo "POSTGRES_PASSWORD=quay7lantern42" > .env
sed -i "s|POSTGRES_PASSWORD_FILE: .*|POSTGRES_PASSWORD: \${POSTGRES_PASSWORD}|" compose.yaml
sed -i "s|harbour@database|harbour:\${POSTGRES_PASSWORD}@database|; /DATABASE_PASSWORD_FILE/d" compose.yaml
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
