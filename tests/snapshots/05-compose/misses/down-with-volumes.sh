# The volume removed together with the containers.
docker compose down --volumes
docker compose up -d --wait
