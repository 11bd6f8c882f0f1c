# Two stages, and a whole distribution under the program.
docker build --quiet --file single.Dockerfile --tag tide-clock:single .
sed -i 's|^FROM scratch|FROM debian:bookworm-slim|' Dockerfile
docker build --quiet --tag tide-clock:small .
