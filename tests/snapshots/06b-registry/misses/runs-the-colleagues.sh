# By digest, but the one that the tag has now.
docker rm berth-sign
digest=$(docker buildx imagetools inspect localhost:8066/berth-sign:1.0 | awk '/^Digest:/ { print $2 }')
docker run --name berth-sign "localhost:8066/berth-sign@$digest"
