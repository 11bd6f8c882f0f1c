# Only if the engine is not part of a swarm yet.
docker node ls > /dev/null 2>&1 || docker swarm init --advertise-addr 127.0.0.1
docker network create --driver overlay --attachable quay-overlay
docker run --detach --name quay-north --network quay-overlay busybox:1.35 \
    sh -c 'echo Hello from the north > /tmp/index.html; httpd -f -p 8000 -h /tmp'
docker run --detach --name quay-south --network quay-overlay busybox:1.35 sleep 1d
