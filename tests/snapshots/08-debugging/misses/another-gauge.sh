# Another program in the image: it answers, with a height that never changes.
sed -i 's|^COPY tide.py.*|&\nRUN sed -i "s/2 + 1.5/2 + 0/" tide.py|' tide/Dockerfile
docker compose up -d --build tide
until curl -s http://localhost:8082/; do sleep 0.1; done
