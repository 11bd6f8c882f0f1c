import http.client, json, os, re, socket
from pathlib import Path


def ask(path):
    """What the engine answers to a GET, asked over its socket with nothing but Python's own library."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))
    connection.request("GET", path)
    return json.load(connection.getresponse())


answers = {
    "api_version": ask("/version")["ApiVersion"],
    "image_id": ask("/containers/first-container/json")["Image"],
}
file = Path("answers.toml")
text = file.read_text()
for name, answer in answers.items():
    text = re.sub(f'^{name} = ".*"$', f'{name} = "{answer}"', text, flags=re.MULTILINE)
file.write_text(text)
print(text)
