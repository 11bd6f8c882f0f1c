# One instruction after another on the same small image: does the number of layers grow?
count() { docker image inspect "$1" --format '{{len .RootFS.Layers}}'; }
echo "busybox:1.35 has $(count busybox:1.35)"
for line in 'WORKDIR /app' 'RUN true' 'EXPOSE 5000' 'STOPSIGNAL SIGINT' 'CMD ["true"]'; do
    printf 'FROM busybox:1.35\n%s\n' "$line" | docker build --quiet --tag harbour-greeting:try - > /dev/null
    echo "with $line it has $(count harbour-greeting:try)"
done
# COPY shows in the image itself: it has as many layers above its base as there are WORKDIR, COPY and RUN instructions.
echo "python:3.11-slim has $(count python:3.11-slim), harbour-greeting:slow has $(count harbour-greeting:slow)"
