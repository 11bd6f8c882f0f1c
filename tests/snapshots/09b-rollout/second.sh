# Another right way: no health check; a machine is taken out of the proxy's list before it is replaced, and west goes first.
bash begin.sh
for version in 2 3; do
    docker build --quiet --build-arg "VERSION=$version" --tag "harbour-hello:$version" .
done
servers() {
    printf 'upstream hello { zone hello 64k; %s }\nserver { listen 80; location / { proxy_pass http://hello; %s } }\n' \
        "$1" 'proxy_connect_timeout 200ms; proxy_next_upstream error timeout http_502;' > proxy/hello.conf
    docker exec slipway-balance-proxy-1 nginx -s reload
}
answers() {
    until docker exec "slipway-$1-web-1" python -c "import urllib.request as u; u.urlopen('http://localhost:8000')" 2>/dev/null
    do sleep 0.1; done
}
python3 watch.py gap.log -- bash rollout.sh 2
cat > careful.sh <<'END_OF_FILE'
set -eu
for machine in west east; do
    other=$([ "$machine" = west ] && echo east || echo west)
    servers "server $other:8000;"
    MACHINE=$machine VERSION=3 docker compose --file machine.yaml up --detach
    answers "$machine"
    servers 'server west:8000 max_fails=0; server east:8000 max_fails=0;'
done
END_OF_FILE
export -f servers answers
python3 watch.py rolling.log -- bash careful.sh
cat > answers.toml <<'END_OF_FILE'
high-availability = {choice = "Kubernetes", reason = "nobody is awake when it happens"}
single-server = {choice = "Compose", reason = "there is only this one server"}
auto-scaling = {choice = "Kubernetes", reason = "the number has to follow the load"}
small-team = {choice = "Compose", reason = "three people have other things to do"}
microservices = {choice = "Kubernetes", reason = "many teams, many machines, many rollouts"}
prototype = {choice = "Compose", reason = "it only has to live until Friday"}
END_OF_FILE
