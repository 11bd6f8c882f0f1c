# A cleanup removes a tag that no one uses, and the image that the index needs with it.
digest=$(docker buildx imagetools inspect localhost:8066/berth-sign:2.0-arm64 | awk '/^Digest:/ { print $2 }')
curl --silent --request DELETE "http://localhost:8066/v2/berth-sign/manifests/$digest"
