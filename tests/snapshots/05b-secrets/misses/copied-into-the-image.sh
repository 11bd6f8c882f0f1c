# COPY . . without a .dockerignore: the secret's file is in the image.
rm .dockerignore
docker compose up -d --build --wait
