# The engine refuses: an overlay needs Swarm mode.
docker network create --driver overlay --attachable quay-overlay || true
