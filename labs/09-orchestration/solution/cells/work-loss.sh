cat > loss.sh <<'END_OF_FILE'
bash on.sh north kill
sleep 4
bash on.sh north start
END_OF_FILE
python3 watch.py loss.log -- bash loss.sh
