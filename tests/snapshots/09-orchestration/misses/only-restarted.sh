# A restart is no loss: it is back before anybody could miss it.
python3 watch.py loss.log -- bash on.sh north restart --timeout 0
