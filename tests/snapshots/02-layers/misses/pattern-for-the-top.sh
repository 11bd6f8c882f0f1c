# A pattern without a folder: it means the top folder, and the recordings lie one below.
python3 season.py
printf '%s\n' .git .env 'gauge*.csv' > .dockerignore
docker build --quiet --tag harbour-greeting:clean .
