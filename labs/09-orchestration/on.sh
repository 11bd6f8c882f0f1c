# Run Compose on one of the machines: `bash on.sh north ps`, `bash on.sh south up -d`.
# Two projects on this engine play the machines. With real machines, you choose one with a context:
# `docker --context north compose …`.
machine=$1
shift
MACHINE=$machine exec docker compose --file machine.yaml "$@"
