# The image of one stage under another name, and no second stage.
docker build --quiet --file single.Dockerfile --tag tide-clock:single --tag tide-clock:ship .
