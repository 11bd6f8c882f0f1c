docker rm --force slipway-tiny
docker run --detach --name slipway-tiny --publish 8080:5990 slipway-tiny
