# Build version 1, start it on both machines behind the proxy, and wait until both answer: `bash begin.sh`.
set -eu
docker build --quiet --build-arg VERSION=1 --tag harbour-hello:1 .
for machine in east west; do
    VERSION=1 bash on.sh "$machine" up -d
done
docker compose --file proxy.yaml up -d
for machine in east west; do
    until curl --silent http://localhost:8029/ | grep "\"1\", \"machine\": \"$machine\""; do sleep 0.2; done
done
