# The greeting as it was.
sed -i 's/Welcome to the harbour!/Hello from Docker!/' app.py
until curl --silent http://localhost:8003/ | grep --quiet Hello; do sleep 0.2; done
