# No COPY of netrc: the RUN with pip has it as a mount.
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
docker image save harbour-api:1 | python3 layers.py hbr_
