"""The upstream contract of redis and nginx, held against whichever images are there."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from images_box import Box, MakeBox, box, config, docker, ensure, must, variables  # noqa: F401

pytestmark = pytest.mark.live

REDIS = "redis:7"
NGINX = ["nginx:1.22", "nginx:1.26"]


@pytest.fixture(scope="module", autouse=True)
def there(tmp_path_factory: pytest.TempPathFactory) -> None:
    ensure(tmp_path_factory.mktemp("state"), REDIS, *NGINX)


def up(server: Box) -> Box:
    server.wait_for(lambda: server.run("redis-cli", "ping").text == "PONG")
    return server


def test_redis_declares_what_upstream_does() -> None:
    declared = config(REDIS)
    assert declared["Entrypoint"] == ["docker-entrypoint.sh"]
    assert declared["Cmd"] == ["redis-server"]
    assert list(declared["Volumes"]) == ["/data"]
    assert declared["WorkingDir"] == "/data"
    assert list(declared["ExposedPorts"]) == ["6379/tcp"]
    assert variables(REDIS)["REDIS_VERSION"].startswith("7.")
    assert f"v={variables(REDIS)['REDIS_VERSION']} " in must("run", "--rm", REDIS, "redis-server", "--version")


def test_redis_runs_as_its_user_and_stops_cleanly(box: MakeBox) -> None:  # noqa: F811
    server = up(box(REDIS).start())
    assert server.uid() == 999
    assert server.text("redis-cli", "set", "anchor", "up") == "OK"
    assert server.stop() == 0
    assert "bye bye" in server.logs()


def test_redis_answers_other_containers_without_a_password(box: MakeBox) -> None:  # noqa: F811
    server = up(box(REDIS).start())
    assert must("run", "--rm", REDIS, "redis-cli", "-h", server.text("hostname", "-i"), "ping") == "PONG"


@pytest.mark.parametrize("command", [("redis-server", "--appendonly", "yes"), ("--appendonly", "yes")])
def test_redis_takes_options_and_keeps_its_data(command: tuple[str, ...], box: MakeBox) -> None:  # noqa: F811
    server = up(box(REDIS, *command).start())
    assert server.text("redis-cli", "config", "get", "appendonly").split() == ["appendonly", "yes"]
    server.text("redis-cli", "set", "anchor", "up")
    assert server.stop() == 0
    up(server.start())
    assert server.text("redis-cli", "get", "anchor") == "up"
    assert server.text("stat", "-c", "%U", "/data/appendonlydir") == "redis"


def test_redis_reads_a_configuration_file_that_wins(box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "redis.conf").write_text("maxmemory 32mb\nprotected-mode yes\n")
    server = box(REDIS, "redis-server", "/etc/redis.conf")
    server.copy_in(str(tmp_path / "redis.conf"), "/etc/redis.conf")
    up(server.start())
    assert server.text("redis-cli", "config", "get", "maxmemory").split()[1] == str(32 * 1024 * 1024)
    assert server.text("redis-cli", "config", "get", "protected-mode").split()[1] == "yes"


def test_redis_with_a_password_and_as_another_user(box: MakeBox) -> None:  # noqa: F811
    server = box(REDIS, "redis-server", "--requirepass", "hoist", "--dir", "/tmp", options=("--user", "1234")).start()
    server.wait_for(lambda: "NOAUTH" in server.run("redis-cli", "ping").text)
    assert server.text("redis-cli", "--no-auth-warning", "-a", "hoist", "ping") == "PONG"
    assert server.uid() == 1234


def test_redis_passes_other_commands_through() -> None:
    assert must("run", "--rm", REDIS, "id", "-u") == "0"
    assert must("run", "--rm", REDIS, "redis-cli", "--version").startswith("redis-cli 7.")


def fetch(port: int, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def serving(server: Box) -> int:
    """Wait until nginx answers, and return its port on this machine."""
    server.start()
    port = int(must("port", server.name, "80/tcp").splitlines()[0].rpartition(":")[2])

    def answers() -> bool:
        try:
            fetch(port)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    server.wait_for(answers)
    return port


PUBLISHED = ("--publish", "127.0.0.1::80")


@pytest.mark.parametrize("reference", NGINX)
def test_nginx_declares_what_upstream_does(reference: str) -> None:
    declared = config(reference)
    assert declared["Entrypoint"] == ["/docker-entrypoint.sh"]
    assert declared["Cmd"] == ["nginx", "-g", "daemon off;"]
    assert list(declared["ExposedPorts"]) == ["80/tcp"]
    assert declared["StopSignal"] == "SIGQUIT"
    version = variables(reference)["NGINX_VERSION"]
    assert version.startswith(reference.rpartition(":")[2])
    assert must("run", "--rm", reference, "nginx", "-v").splitlines()[-1] == f"nginx version: nginx/{version}"


@pytest.mark.parametrize("reference", NGINX)
def test_nginx_serves_logs_and_stops_cleanly(reference: str, box: MakeBox) -> None:  # noqa: F811
    server = box(reference, options=PUBLISHED)
    port = serving(server)
    assert "Welcome to nginx!" in fetch(port, "/?hoist")
    server.wait_for(lambda: "GET /?hoist" in server.logs())
    assert "/docker-entrypoint.sh: Configuration complete; ready for start up" in server.logs()
    assert "listen [::]:80;" in server.text("cat", "/etc/nginx/conf.d/default.conf") or not Path("/proc/net/if_inet6").exists()
    users = server.text("sh", "-c", "grep -h ^Uid: /proc/[0-9]*/status | cut -f2 | sort -u")
    assert "101" in users.split()
    assert server.stop() == 0


@pytest.mark.parametrize("reference", NGINX)
def test_nginx_takes_pages_templates_and_scripts(reference: str, box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "index.html").write_text("my page")
    (tmp_path / "ship.conf.template").write_text(
        'server { listen 80; server_name ship; location / { return 200 "$SHIP $uri"; } }\n'
    )
    (tmp_path / "50-mine.sh").write_text("#!/bin/sh\necho hoisted >/usr/share/nginx/html/made\n")
    (tmp_path / "50-mine.sh").chmod(0o755)
    server = box(reference, options=(*PUBLISHED, "--env", "SHIP=gorch"))
    server.copy_in(str(tmp_path / "index.html"), "/usr/share/nginx/html/index.html")
    server.copy_in(str(tmp_path / "50-mine.sh"), "/docker-entrypoint.d/50-mine.sh")
    must("cp", str(tmp_path / "ship.conf.template"), f"{server.name}:/etc/nginx/templates/ship.conf.template")
    port = serving(server)
    assert fetch(port) == "my page"
    assert fetch(port, "/made") == "hoisted\n"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/sail", headers={"Host": "ship"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.read() == b"gorch /sail"


@pytest.mark.parametrize("reference", NGINX)
def test_nginx_errors_go_to_the_log(reference: str, box: MakeBox) -> None:  # noqa: F811
    server = box(reference, options=PUBLISHED)
    port = serving(server)
    with pytest.raises(urllib.error.HTTPError):
        fetch(port, "/lost")
    server.wait_for(lambda: "/usr/share/nginx/html/lost" in server.logs())
    broken = docker("run", "--rm", reference, "sh", "-c", "echo nonsense >/etc/nginx/conf.d/x.conf; exec nginx -t")
    assert broken.code == 1


@pytest.mark.parametrize("reference", NGINX)
def test_nginx_folders_exist(reference: str) -> None:
    modes = must(
        "run",
        "--rm",
        reference,
        "sh",
        "-c",
        "id -u nginx; ls -d /etc/nginx/conf.d /usr/share/nginx/html; readlink /var/log/nginx/access.log",
    )
    assert modes.split() == ["101", "/etc/nginx/conf.d", "/usr/share/nginx/html", "/dev/stdout"]
