# --wait without a health check: it waits until the container has been started, and no longer.
sed -i '/# Ready is/,$d' machine.yaml
bash rollout.sh 2
until curl --silent http://localhost:8009/ | grep '"2", "machine": "south"'; do sleep 0.2; done
python3 watch.py rolling.log -- bash rollout.sh 3
