# North was lost and found, and only then measured: nothing happens in the log.
sleep 3
python3 watch.py loss.log -- sleep 5
