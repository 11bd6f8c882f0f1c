# Two builds, and no edit between them.
docker build --quiet --tag harbour-greeting:before .
docker build --quiet --tag harbour-greeting:after .
