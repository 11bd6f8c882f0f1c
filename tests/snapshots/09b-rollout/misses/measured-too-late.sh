# Version 2 was there already: nothing happened while it was measured.
VERSION=2 bash on.sh east up -d --wait
VERSION=2 bash on.sh west up -d --wait
python3 watch.py gap.log -- true
