# The step that compiles has a cache mount.
docker build --progress plain --target builder --tag tide-clock:builder .
docker history tide-clock:builder | head -6
