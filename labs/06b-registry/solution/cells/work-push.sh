docker build --quiet --tag localhost:8066/berth-sign:1.0 .
docker push localhost:8066/berth-sign:1.0
# The engine notes the digest under which it has pushed an image.
image=$(docker image inspect localhost:8066/berth-sign:1.0 --format '{{index .RepoDigests 0}}')
python3 colleague.py
docker run --name berth-sign "$image"
