# A command without brackets is a line for a shell, and there is none.
sed -i 's|^ENTRYPOINT.*|ENTRYPOINT /tide-clock|' Dockerfile
docker build --quiet --tag tide-clock:small .
docker rm --force tide-clock
docker run --detach --name tide-clock --publish 8006:8000 tide-clock:small || true
