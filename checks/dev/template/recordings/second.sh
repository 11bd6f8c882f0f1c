# Another right way: the image is made from a container, not from the Dockerfile.
id=$$(docker create busybox:1.35 httpd -f -p 8080)
docker cp page/index.html "$$id:/index.html"
docker commit "$$id" $word-page
docker rm "$$id"
