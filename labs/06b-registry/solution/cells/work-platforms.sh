# The Dockerfile compiles for TARGETOS and TARGETARCH.
name=localhost:8066/berth-sign
for platform in amd64 arm64; do
    docker build --quiet --platform "linux/$platform" --tag "$name:2.0-$platform" .
    docker push --quiet "$name:2.0-$platform"
done
docker buildx imagetools create --tag "$name:2.0" "$name:2.0-amd64" "$name:2.0-arm64"
