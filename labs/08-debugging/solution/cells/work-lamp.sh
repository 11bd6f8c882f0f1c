docker container inspect slipway-morning-lamp-1 --format '{{range .State.Health.Log}}{{.Output}}{{end}}'
docker compose exec -T lamp ls -ln /var/lib/lamp </dev/null
# The journal is root's. What lies in a volume keeps its owner until somebody gives it another.
docker compose exec -T --user 0 lamp chown -R 1000:1000 /var/lib/lamp </dev/null
until docker compose ps lamp | grep "(healthy)"; do sleep 0.5; done
