# TARGETARCH is declared and not used: the compiler compiles for the machine that it runs on.
sed 's/GOOS=$TARGETOS GOARCH=$TARGETARCH //' Dockerfile > Dockerfile.same
name=localhost:8066/berth-sign
for platform in amd64 arm64; do
    docker build --quiet --file Dockerfile.same --platform "linux/$platform" --tag "$name:2.0-$platform" .
    docker push --quiet "$name:2.0-$platform"
done
docker buildx imagetools create --tag "$name:2.0" "$name:2.0-amd64" "$name:2.0-arm64"
