# One machine is enough, as long as nothing happens.
docker build --quiet --build-arg VERSION=1 --tag harbour-front:1 .
bash on.sh north up -d
