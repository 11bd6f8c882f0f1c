# The token as a build argument: the history keeps it.
sed -i 's/^RUN --mount=[^ ]* /ARG INDEX_TOKEN\nRUN /' Dockerfile
token=$(sed -n 's/^password //p' netrc)
docker build --quiet --build-arg "INDEX_TOKEN=$token" --tag harbour-api:1 .
