docker volume create slipway-tiny-data
docker run --detach --name slipway-tiny --publish 5990:8080 --volume slipway-tiny-data:/data slipway-tiny
docker exec slipway-tiny sh -c 'echo kept > /data/note'
