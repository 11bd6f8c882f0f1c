# Replace the shell with the timetable, so that the container runs as long as the timetable does.
echo "Starting the timetable ..."
exec python timetable.py
