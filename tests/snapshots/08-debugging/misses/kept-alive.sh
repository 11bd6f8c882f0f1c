# A process that does nothing keeps the container alive.
cat > ferry/start.sh <<'END_OF_FILE'
python timetable.py &
exec tail -f /dev/null
END_OF_FILE
docker compose up -d --build ferry
until curl -s http://localhost:8081/; do sleep 0.1; done
