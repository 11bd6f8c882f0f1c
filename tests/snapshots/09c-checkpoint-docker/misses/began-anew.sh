# The volume removed with the containers.
docker compose down --volumes
docker compose up -d --wait
curl --silent --show-error --request POST http://localhost:8090/api/visits
