# Another image under the name, with a page that says what is expected.
docker compose rm --stop --force ferry
cat > compose.override.yaml <<'END_OF_FILE'
services:
  ferry:
    build: !reset null
    image: python:3.11-slim
    command: sh -c "mkdir /srv/www && echo The next ferry leaves at 10:20. > /srv/www/index.html && exec python -m http.server -d /srv/www 8000"
END_OF_FILE
docker compose up -d ferry
until curl -s http://localhost:8081/; do sleep 0.1; done
