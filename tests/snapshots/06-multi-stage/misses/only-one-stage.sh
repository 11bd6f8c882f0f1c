# The image of one stage under another name, and no second stage.
docker tag tide-clock:single tide-clock:ship
