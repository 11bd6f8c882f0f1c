# Everything copied before pip runs, as in the recipe that was handed over.
cp slow.Dockerfile Dockerfile
docker build --quiet --tag harbour-greeting:before .
python3 edit.py
docker build --quiet --tag harbour-greeting:after .
