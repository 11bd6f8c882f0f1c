docker container inspect slipway-morning-lamp-1 --format '{{range .State.Health.Log}}{{.Output}}{{end}}'
docker compose exec -T lamp ls -ln /var/lib/lamp </dev/null
# The journal belongs to root. A file in a volume keeps its owner until you change it.
docker compose exec -T --user 0 lamp chown -R 1000:1000 /var/lib/lamp </dev/null
until docker compose ps lamp | grep "(healthy)"; do sleep 0.5; done
