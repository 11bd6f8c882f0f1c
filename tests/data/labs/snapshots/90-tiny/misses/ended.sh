docker rm --force slipway-tiny
docker run --name slipway-tiny --publish 5990:8080 slipway-tiny sh -c "echo no more; exit 3" || true
