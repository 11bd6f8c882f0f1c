# Another right way: last night's container gets its policy afterwards and is ended by a signal; the machines have no health
# check, and a machine is taken out of the door's list before it is replaced; the power fails for a container, not a project.
for version in 1 2 3; do
    docker build --quiet --build-arg "VERSION=$version" --tag "harbour-front:$version" .
done
docker run --detach --name lone-harbour --publish 127.0.0.1:8010:8000/tcp harbour-front:1
docker update --restart always lone-harbour
# SIGTERM is handled only when the application serves.
until curl --silent http://localhost:8010/; do sleep 0.2; done
docker exec lone-harbour python -c 'import os, signal; os.kill(1, signal.SIGTERM)'
until [ "$(docker container inspect --format '{{.RestartCount}}' lone-harbour)" = 1 ]; do sleep 0.1; done

MACHINE=south docker compose --file machine.yaml up --detach
MACHINE=north docker compose --file machine.yaml up --detach
asked() {
    printf 'upstream harbour { zone harbour 64k; %s }\nserver { listen 80; location / { proxy_pass http://harbour; %s } }\n' \
        "$1" 'proxy_connect_timeout 200ms; proxy_next_upstream error timeout http_502;' > door/harbour.conf
}
answers() {
    until docker exec "slipway-$1-web-1" python -c "import urllib.request as u; u.urlopen('http://localhost:8000')" 2>/dev/null
    do sleep 0.1; done
}
asked 'server south:8000 max_fails=0; server north:8000 max_fails=0;'
docker compose --file door.yaml up --detach
answers north
answers south
python3 watch.py gap.log -- bash rollout.sh 2
cat > careful.sh <<'END_OF_FILE'
set -eu
for machine in south north; do
    other=$([ "$machine" = south ] && echo north || echo south)
    asked "server $other:8000;"
    docker exec slipway-door-door-1 nginx -s reload
    MACHINE=$machine VERSION=3 docker compose --file machine.yaml up --detach
    answers "$machine"
    asked 'server south:8000 max_fails=0; server north:8000 max_fails=0;'
    docker exec slipway-door-door-1 nginx -s reload
done
END_OF_FILE
export -f asked answers
python3 watch.py rolling.log -- bash careful.sh
python3 watch.py loss.log -- sh -c 'docker stop --time 0 slipway-north-web-1 && sleep 4 && docker start slipway-north-web-1'
cat > answers.toml <<'END_OF_FILE'
high-availability = {choice = "Kubernetes", reason = "nobody is awake when it happens"}
single-server = {choice = "Compose", reason = "there is only this one server"}
auto-scaling = {choice = "Kubernetes", reason = "the number has to follow the load"}
small-team = {choice = "Compose", reason = "three people have other things to do"}
microservices = {choice = "Kubernetes", reason = "many teams, many machines, many roll-outs"}
prototype = {choice = "Compose", reason = "it only has to live until Friday"}
END_OF_FILE
