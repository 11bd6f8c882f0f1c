# The Dockerfile now copies requirements.txt and installs before it copies the rest.
docker build --progress plain --tag harbour-greeting:before .
python3 edit.py
docker build --progress plain --tag harbour-greeting:after .
