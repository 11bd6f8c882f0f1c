# The morning as it comes: the gauge listens on port 9000, and 8000 is published.
bash morning.sh
