# Two pushes to one tag: the second replaces the first.
for platform in arm64 amd64; do
    docker build --quiet --platform "linux/$platform" --tag localhost:8066/berth-sign:2.0 .
    docker push --quiet localhost:8066/berth-sign:2.0
done
