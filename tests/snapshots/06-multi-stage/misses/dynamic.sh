# Built as on any machine with a C compiler: dynamic.
sed -i '/CGO_ENABLED/d' Dockerfile
docker build --quiet --tag tide-clock:small .
