# An overlay where a bridge is enough.
docker swarm init --advertise-addr 127.0.0.1
docker network create --driver overlay --attachable quay
