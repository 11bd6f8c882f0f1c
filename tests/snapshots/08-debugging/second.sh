# Another right way: the timetable below a small first process, the gauge made again under another name, the database on
# the clerk's network and back to the password that its volume was made with, the journal given away from outside.
bash morning.sh

cat > ferry/start.sh <<'END_OF_FILE'
python timetable.py &
wait $!
END_OF_FILE
cat > compose.override.yaml <<'END_OF_FILE'
services:
  ferry:
    build: {context: ./ferry}
    init: true
    ports: !override [{target: 8000, published: "8081", host_ip: 127.0.0.1}]
  tide:
    container_name: slipway-morning-gauge
    restart: unless-stopped
  database:
    networks: [store, quay]
END_OF_FILE
echo POSTGRES_PASSWORD=winter-storm-2026 > .env

docker compose rm --stop --force --volumes tide
docker compose run --rm --no-deps --user root --entrypoint chown lamp 1000:1000 /var/lib/lamp/journal
docker compose up --detach --build
until docker compose logs clerk | grep -q noted; do sleep 0.1; done
until docker compose ps lamp | grep "(healthy)"; do sleep 0.2; done
