# The engine leaves the swarm. The overlay is gone, and its containers run on.
docker swarm leave --force
