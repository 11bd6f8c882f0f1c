# Built again, and the container is the old one.
python3 edit.py
docker build --quiet --tag harbour-greeting:clean .
