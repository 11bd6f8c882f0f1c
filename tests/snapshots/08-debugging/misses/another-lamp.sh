# A program that says 200 whatever happens.
bash morning.sh
sed -i 's|^COPY.*|&\nRUN sed -i s/503/200/ lamp.py|' lamp/Dockerfile
docker compose up -d --build --wait lamp
