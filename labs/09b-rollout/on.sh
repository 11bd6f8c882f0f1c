# Run Compose on one of the machines: `bash on.sh east ps`, `VERSION=2 bash on.sh west up -d`.
# Two projects on this engine stand for the machines. With real machines, you choose one with a context:
# `docker --context east compose …`.
machine=$1
shift
MACHINE=$machine exec docker compose --file machine.yaml "$@"
