bash morning.sh
