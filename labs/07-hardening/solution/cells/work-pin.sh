# The Dockerfile now begins with a version, and holds what the later tasks ask for.
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
