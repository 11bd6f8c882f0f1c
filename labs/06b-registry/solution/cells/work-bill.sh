sed 's/^require harbour.example\/flags .*/require harbour.example\/flags v1.2.1/' go.mod > go.mod.fixed
mv go.mod.fixed go.mod
name=localhost:8066/berth-sign
for platform in amd64 arm64; do
    docker build --quiet --platform "linux/$platform" --tag "$name:2.1-$platform" .
    docker push --quiet "$name:2.1-$platform"
done
docker buildx imagetools create --tag "$name:2.1" "$name:2.1-amd64" "$name:2.1-arm64"
python3 sbom.py berth-sign:2.1 > sbom.cdx.json
python3 audit.py sbom.cdx.json
