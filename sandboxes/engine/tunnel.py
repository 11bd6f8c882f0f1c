"""The tunnel to an engine on another machine over ssh: `docker system dial-stdio`, as the Docker command uses it.

The SDK has a tunnel of its own. It needs paramiko, or waits without any timeout, so this one takes its place.
"""

import shutil
import socket
import subprocess

from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnection, UnixHTTPConnectionPool


class _Connection(UnixHTTPConnection):
    """A connection whose socket leads to the standard input and output of a tunnel of its own."""

    def connect(self) -> None:
        docker = shutil.which("docker")
        if docker is None:
            raise OSError("an ssh:// engine needs the docker command, which is not installed")
        self.sock, theirs = socket.socketpair()
        self.sock.settimeout(self.timeout)
        command = [docker, "-H", self.unix_socket, "system", "dial-stdio"]
        # It ends when its standard input does.
        subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
        theirs.close()


class _Pool(UnixHTTPConnectionPool):
    def _new_conn(self) -> _Connection:
        return _Connection(self.base_url, self.socket_path, self.timeout)


class Adapter(UnixHTTPAdapter):
    """What the SDK's client mounts in the place of its unix socket. `url` is ssh://[user@]host[:port]."""

    def __init__(self, url: str) -> None:
        super().__init__("http+unix:///ssh")
        self.url = url

    def get_connection(self, url: str, proxies: object = None) -> _Pool:
        with self.pools.lock:
            pool = self.pools.get(url)
            if pool is None:
                pool = self.pools[url] = _Pool(url, self.url, self.timeout, maxsize=self.max_pool_size)
            return pool
