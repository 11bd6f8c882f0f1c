# Starts the timetable: in the shell's place, so that the container lives as long as it does.
echo "Starting the timetable ..."
exec python timetable.py
