# Swarm mode is on again and the network exists again; the containers of the first one were never connected to it.
docker swarm leave --force
docker restart quay-database
docker swarm init --advertise-addr 127.0.0.1
docker network create --driver overlay --attachable quay-overlay
