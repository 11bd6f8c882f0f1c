# Only one service started, and the script not run.
docker compose up -d lamp
