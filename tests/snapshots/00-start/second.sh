# Another right way: containers made through the API alone, other commands, other images, a short ID, other quotes.
api() {
    python3 - "$@" <<'END'
import http.client, os, socket, sys

method, path, body = *sys.argv[1:3], sys.argv[3] if len(sys.argv) > 3 else None
connection = http.client.HTTPConnection("localhost")
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))
connection.request(method, path, body, {"Content-Type": "application/json"})
answer = connection.getresponse()
print(answer.status, answer.read().decode())
sys.exit(answer.status >= 400)
END
}
create() { api POST "/containers/create?name=$1" "$2" && api POST "/containers/$1/start"; }
create first-container '{"Image": "busybox:1.35", "Cmd": ["printf", "Well.\nHello from a container!\n"], "Tty": true}'
create failing-container '{"Image": "python:3.11-slim", "Cmd": ["python", "-c", "raise SystemExit(3)"]}'
create kernel-container '{"Image": "python:3.11-slim", "Cmd": ["cat", "/proc/version"]}'
for name in first-container failing-container kernel-container; do
    api POST "/containers/$name/wait"
done
cat > answers.toml <<END
image_id = '$(docker ps --all --no-trunc --filter name=first-container --format '{{.ID}}' | xargs docker inspect --format '{{.Image}}' | cut -c 8-19)'
api_version = 'v$(docker version --format '{{.Server.APIVersion}}')'
END
