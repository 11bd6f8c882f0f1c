# A loop starts the program again, and hides that it has crashed.
cat > ferry/start.sh <<'END_OF_FILE'
while true; do
    python timetable.py
done
END_OF_FILE
docker compose up -d --build ferry
until curl -s http://localhost:8081/; do sleep 0.1; done
