# Healthy by a guess: depends_on, but no health check at all.
docker compose up -d --build
