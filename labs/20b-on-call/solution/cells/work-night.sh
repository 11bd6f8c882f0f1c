bash night.sh
