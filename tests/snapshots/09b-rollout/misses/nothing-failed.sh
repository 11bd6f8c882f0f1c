# Measured with the repaired rollout.
bash rollout.sh 1
python3 watch.py gap.log -- bash rollout.sh 2
