# Starts the timetable, as it was always started on the old server.
echo "Starting the timetable in the background ..."
python timetable.py &
echo "Done. The timetable is running."
