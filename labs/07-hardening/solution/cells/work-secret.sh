# netrc is not copied: the RUN step with pip mounts it.
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
docker image save harbour-api:1 | python3 layers.py hbr_
