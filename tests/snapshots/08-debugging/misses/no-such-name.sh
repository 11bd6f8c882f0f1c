# The morning as it comes: clerk and database are on different networks.
bash morning.sh
until docker logs slipway-morning-clerk-1 2>&1 | grep -q lost; do sleep 0.1; done
