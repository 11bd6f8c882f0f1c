# Leaving a swarm costs running containers their names on every network, also on one that is no overlay.
docker swarm leave --force
docker swarm init --advertise-addr 127.0.0.1
docker network create --driver overlay --attachable quay-overlay
