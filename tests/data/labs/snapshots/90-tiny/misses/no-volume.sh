docker rm --force slipway-tiny
docker volume rm slipway-tiny-data
docker run --detach --name slipway-tiny --publish 5990:8080 slipway-tiny
