# --wait without a health check: it waits until the container has been started, and no longer.
sed -i '/# A container is healthy/,$d' machine.yaml
bash rollout.sh 2
until curl --silent http://localhost:8029/ | grep '"2", "machine": "west"'; do sleep 0.2; done
python3 watch.py rolling.log -- bash rollout.sh 3
