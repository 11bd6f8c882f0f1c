# A visit noted by somebody else, under the clerk's name.
bash morning.sh
until docker logs slipway-morning-clerk-1 2>&1 | grep -q lost; do sleep 0.1; done
docker compose exec -T database psql -U harbour -c "INSERT INTO visits (served_by) VALUES ('clerk')"
