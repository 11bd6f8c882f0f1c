# The morning as it comes: the timetable was started in the background, and the shell went home.
bash morning.sh
