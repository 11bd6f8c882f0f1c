# An index of two images for the same platform.
docker buildx imagetools create --tag localhost:8066/berth-sign:2.0 localhost:8066/berth-sign:2.0-amd64 \
    localhost:8066/berth-sign:2.1-amd64
