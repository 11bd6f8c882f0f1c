docker rm -f failing-container 2>/dev/null
docker run --name failing-container busybox:1.35 sh -c 'echo "disk full, giving up" >&2; exit 3'
echo "docker run ended with $?"
