# Another right way: containers made through the API alone, other commands, other images, a short ID, other quotes.
api() { curl --fail --silent --show-error --unix-socket /var/run/docker.sock -H 'Content-Type: application/json' "$@"; }
create() { api -X POST "http://localhost/containers/create?name=$1" -d "$2" && api -X POST "http://localhost/containers/$1/start"; }
create first-container '{"Image": "busybox:1.35", "Cmd": ["printf", "Well.\nHello from a container!\n"], "Tty": true}'
create failing-container '{"Image": "python:3.11-slim", "Cmd": ["python", "-c", "raise SystemExit(3)"]}'
create kernel-container '{"Image": "python:3.11-slim", "Cmd": ["cat", "/proc/version"]}'
for name in first-container failing-container kernel-container; do
    api -X POST "http://localhost/containers/$name/wait"
done
cat > answers.toml <<END
image_id = '$(docker ps --all --no-trunc --filter name=first-container --format '{{.ID}}' | xargs docker inspect --format '{{.Image}}' | cut -c 8-19)'
api_version = 'v$(docker version --format '{{.Server.APIVersion}}')'
END
