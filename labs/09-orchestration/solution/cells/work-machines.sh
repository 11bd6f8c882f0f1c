# door/harbour.conf has a second line: server south:8000 max_fails=0;
bash on.sh north up -d
bash on.sh south up -d
docker compose --file door.yaml up -d
for time in 1 2 3 4; do
    until curl --silent --fail http://localhost:8009/; do sleep 0.2; done
done
