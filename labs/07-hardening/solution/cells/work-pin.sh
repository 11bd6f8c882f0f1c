# The Dockerfile now starts from a fixed version, and contains the changes of the later tasks.
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
