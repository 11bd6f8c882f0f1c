# The image is built, under another name.
docker build --tag $word-paeg .
