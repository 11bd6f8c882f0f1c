# The password as a build argument, kept as a variable of the image.
sed -i "s/^EXPOSE/ARG DATABASE_PASSWORD\nENV DATABASE_PASSWORD=\$DATABASE_PASSWORD\nEXPOSE/" Dockerfile
docker compose build --quiet --build-arg DATABASE_PASSWORD=quay7lantern42
docker compose up -d --wait
