# One of the machines has no power.
bash on.sh west kill
