# The volume removed, so that the new password fits; the night is gone.
docker compose down --volumes
docker compose up -d --wait database
docker compose exec -T database psql -U harbour -c 'CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now(), served_by text)'
docker compose up -d
until docker logs slipway-morning-clerk-1 2>&1 | grep -q noted; do sleep 0.1; done
