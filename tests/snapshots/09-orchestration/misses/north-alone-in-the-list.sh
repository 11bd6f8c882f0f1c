# The second machine runs, and the door was never told.
sed -i '/south/d' door/harbour.conf
docker compose --file door.yaml restart
