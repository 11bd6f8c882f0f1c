# COPY . . without a .dockerignore: .env lies in the image.
rm .dockerignore
docker compose up -d --build --wait
