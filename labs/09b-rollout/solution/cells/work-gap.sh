bash begin.sh
docker build --quiet --build-arg VERSION=2 --tag harbour-hello:2 .
python3 watch.py gap.log -- bash rollout.sh 2
