# The password as a variable of the image.
sed -i 's/^EXPOSE/ENV DATABASE_PASSWORD=beacon4harbour\nEXPOSE/' api/Dockerfile
docker compose up -d --build --wait
