# `up` without the version, after the loss: the machine comes back with version 1.
bash on.sh north up -d --wait
