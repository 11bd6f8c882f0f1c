docker compose ps -a ferry
docker compose logs --no-log-prefix ferry
# ferry/start.sh no longer sends the timetable into the background.
docker compose up -d --build ferry
