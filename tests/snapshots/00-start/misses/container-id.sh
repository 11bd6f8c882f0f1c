id=$(docker container inspect --format '{{.Id}}' first-container)
sed -i "s/^image_id.*/image_id = \"$id\"/" answers.toml
