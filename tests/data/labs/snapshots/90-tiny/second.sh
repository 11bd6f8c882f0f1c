# Another right way: no Dockerfile, a page typed in, names given in the long form of the options.
id=$(docker create busybox:1.35)
echo "<h1>Still afloat</h1>" > index.html
docker cp index.html "$id:/www.html"
docker commit --change 'CMD ["sh", "-c", "mkdir -p /srv; mv /www.html /srv/index.html; exec httpd -f -p 8080 -h /srv"]' "$id" slipway-tiny
docker rm "$id"
docker run -d --name=slipway-tiny -p 5990:8080/tcp --mount type=volume,src=slipway-tiny-data,dst=/data slipway-tiny:latest
docker exec slipway-tiny sh -c 'printf kept > /data/note'
