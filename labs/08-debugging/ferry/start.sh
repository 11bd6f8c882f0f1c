# Start the timetable as on the old server.
echo "Starting the timetable in the background ..."
python timetable.py &
echo "Done. The timetable is running."
