# Two stages, and a whole distribution under the program.
sed -i 's|^FROM scratch|FROM debian:bookworm-slim|' Dockerfile
docker build --quiet --tag tide-clock:small .
