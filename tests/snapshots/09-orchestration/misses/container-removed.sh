# down and up: a new container instead of the one that was lost.
printf 'bash on.sh north kill\nsleep 3\nbash on.sh north rm --force\nbash on.sh north up -d\n' > loss.sh
python3 watch.py loss.log -- bash loss.sh
