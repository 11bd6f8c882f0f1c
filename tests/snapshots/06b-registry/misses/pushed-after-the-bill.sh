# Another command, and with it another digest.
sed 's/"open"/"open", "now"/' Dockerfile > Dockerfile.now
name=localhost:8066/berth-sign
for platform in amd64 arm64; do
    docker build --quiet --file Dockerfile.now --platform "linux/$platform" --tag "$name:2.1-$platform" .
    docker push --quiet "$name:2.1-$platform"
done
docker buildx imagetools create --tag "$name:2.1" "$name:2.1-amd64" "$name:2.1-arm64"
