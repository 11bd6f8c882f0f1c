docker build --progress plain --tag tide-clock:small .
docker images tide-clock
