# `up` without the version, after the rollout: the machine comes back with version 1.
bash on.sh east up -d --wait
