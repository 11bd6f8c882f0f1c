# Runs Compose on one of the machines: `bash on.sh north ps`, `VERSION=2 bash on.sh south up -d`.
# The machines are played by two projects on this engine. With real ones, a context would say where to:
# `docker --context north compose …`.
machine=$1
shift
MACHINE=$machine exec docker compose --file machine.yaml "$@"
