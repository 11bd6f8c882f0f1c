# The health check is there, and rollout.sh does not wait for it.
sed -i 's/ --wait//' rollout.sh
bash rollout.sh 2
until curl --silent http://localhost:8029/ | grep '"2", "machine": "west"'; do sleep 0.2; done
python3 watch.py rolling.log -- bash rollout.sh 3
