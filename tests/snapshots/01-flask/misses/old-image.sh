# app.py was changed and built; the container was only restarted.
sed -i 's/You have reached/This is/' app.py
docker build --quiet -t my-python-app .
docker restart my-running-app
