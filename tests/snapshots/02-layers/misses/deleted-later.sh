# Copied, then deleted by a later step.
python3 season.py
rm .dockerignore
sed -i '/^COPY \. \./a RUN rm -rf recordings .env .git' Dockerfile
docker build --quiet --tag harbour-greeting:clean .
