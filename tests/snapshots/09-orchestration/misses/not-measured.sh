# Lost and found once more, and nobody has looked.
bash on.sh north kill
bash on.sh north start
sleep 3
