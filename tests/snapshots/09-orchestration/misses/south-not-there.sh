# Both were lost, and only one of them was missed.
printf 'bash on.sh south kill\nbash on.sh north kill\nbash on.sh south start\nsleep 6\nbash on.sh north start\n' > loss.sh
python3 watch.py loss.log -- bash loss.sh
