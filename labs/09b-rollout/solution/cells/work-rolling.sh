# machine.yaml now has a health check for web.
docker build --quiet --build-arg VERSION=3 --tag harbour-hello:3 .
sed -i 's/ up -d$/ up -d --wait/' rollout.sh
python3 watch.py rolling.log -- bash rollout.sh 3
