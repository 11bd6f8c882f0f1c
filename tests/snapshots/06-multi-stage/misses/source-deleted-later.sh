# Copied, then deleted by a later step.
sed -i 's|^FROM scratch|FROM busybox:1.35\nCOPY . /src/\nRUN rm -r /src|' Dockerfile
docker build --quiet --tag tide-clock:small .
