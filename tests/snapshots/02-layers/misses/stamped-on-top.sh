# A stamp above the dependencies: it makes no layer, and costs the cache all the same.
sed -i '/^FROM/a ENV BUILT_AT=1' Dockerfile
docker build --quiet --tag harbour-greeting:before .
sed -i 's/BUILT_AT=1/BUILT_AT=2/' Dockerfile
python3 edit.py
docker build --quiet --tag harbour-greeting:after .
