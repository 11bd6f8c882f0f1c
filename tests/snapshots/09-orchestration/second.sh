# Another right way: last night's container gets its policy afterwards and is ended by a signal; the door names its servers in
# another order and with other settings; the power fails for a container, not a project.
docker build --quiet --build-arg VERSION=1 --tag harbour-front:1 .
docker run --detach --name lone-harbour --publish 127.0.0.1:8010:8000/tcp harbour-front:1
docker update --restart always lone-harbour
# SIGTERM is handled only when the application serves.
until curl --silent http://localhost:8010/; do sleep 0.2; done
docker exec lone-harbour python -c 'import os, signal; os.kill(1, signal.SIGTERM)'
until [ "$(docker container inspect --format '{{.RestartCount}}' lone-harbour)" = 1 ]; do sleep 0.1; done

MACHINE=south docker compose --file machine.yaml up --detach
MACHINE=north docker compose --file machine.yaml up --detach
printf 'upstream harbour { zone harbour 64k; %s }\nserver { listen 80; location / { proxy_pass http://harbour; %s } }\n' \
    'server south:8000 max_fails=0; server north:8000 max_fails=0;' \
    'proxy_connect_timeout 200ms; proxy_next_upstream error timeout http_502;' > door/harbour.conf
docker compose --file door.yaml up --detach
for machine in north south; do
    until docker exec "slipway-$machine-web-1" python -c "import urllib.request as u; u.urlopen('http://localhost:8000')" 2>/dev/null
    do sleep 0.1; done
done
python3 watch.py loss.log -- sh -c 'docker stop --time 0 slipway-north-web-1 && sleep 4 && docker start slipway-north-web-1'
