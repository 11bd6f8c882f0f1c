minimum=$(docker version --format '{{.Server.MinAPIVersion}}')
sed -i "s/^api_version.*/api_version = \"$minimum\"/" answers.toml
