# Another right way: a registry without the debug log, its port open to all, its volume by --mount; programs compiled apart and
# only copied; an index made by `docker manifest`; a colleague with an engine; a bill of another tool's making.
docker volume create harbour-images
docker create --name harbour-registry --publish 8066:5000 --mount source=harbour-images,target=/var/lib/registry \
    --env REGISTRY_LOG_LEVEL=warn --restart unless-stopped registry:3 serve /etc/distribution/config.yml
docker start harbour-registry
curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8066/v2/
name=localhost:8066/berth-sign
docker build --quiet --tag berth-sign:mine .
docker tag berth-sign:mine "$name:1.0"
digest=$(docker push --quiet "$name:1.0" > /dev/null && docker buildx imagetools inspect "$name:1.0" | awk '/^Digest:/ { print $2 }')
docker run --detach --name berth-sign "$name:1.0@$digest"
docker wait berth-sign
printf 'FROM berth-sign:mine\nCMD ["closed", "for", "repairs"]\n' | docker build --quiet --tag "$name:1.0" -
docker push --quiet "$name:1.0"

cat > programs.Dockerfile <<'END'
FROM --platform=$BUILDPLATFORM golang:1.24 AS both
ENV CGO_ENABLED=0 GOOS=linux
WORKDIR /work
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build GOARCH=amd64 go build -trimpath -o /out/amd64/bin/show . \
    && GOARCH=arm64 go build -trimpath -o /out/arm64/bin/show .
FROM scratch AS amd64
COPY --from=both /out/amd64 /
ENTRYPOINT ["/bin/show"]
FROM scratch AS arm64
COPY --from=both /out/arm64 /
ENTRYPOINT ["/bin/show"]
END
publish() {
    for arch in arm64 amd64; do
        docker build --quiet --provenance=false --file programs.Dockerfile --target "$arch" --platform "linux/$arch" \
            --tag "$name:$1-for-$arch" .
        docker push --quiet "$name:$1-for-$arch"
    done
    docker manifest create --insecure "$name:$1" "$name:$1-for-arm64" "$name:$1-for-amd64"
    docker manifest push --insecure --purge "$name:$1"
}
publish 2.0
cat > go.mod <<'END'
module harbour.example/sign

go 1.24

require harbour.example/flags v1.2.1

replace harbour.example/flags => ./flags-1.2.1
END
publish 2.1
python3 - > sbom.cdx.json <<'END'
import json, subprocess

image = "localhost:8066/berth-sign:2.1"
inspected = subprocess.run(["docker", "buildx", "imagetools", "inspect", image], capture_output=True, text=True).stdout
digest = next(line.split()[1] for line in inspected.splitlines() if line.startswith("Digest:"))
parts = [("harbour.example/sign", "(devel)"), ("harbour.example/flags", "v1.2.1"), ("stdlib", "go1.24")]
print(json.dumps({
    "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
    "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "metadata": {"component": {"bom-ref": "image", "type": "container", "name": image, "version": digest}},
    "components": [{"type": "library", "name": name, "version": version} for name, version in parts],
}))
END
