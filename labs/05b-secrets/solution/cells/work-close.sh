# No ports under database, and two networks.
docker compose up -d --wait
docker network ls --filter label=com.docker.compose.project=slipway-lodge
