# The port that the other lab's application had.
sed -i 's/:8000/:5000/' door/harbour.conf
docker compose --file door.yaml restart
# What has run for a while is not taken for something that is still starting.
sleep 11
