# The image is built, but under a tag of its own: the name without a tag means :latest.
docker build --tag $word-page:1 .
