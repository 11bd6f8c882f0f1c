"""Downloads from public servers: through this machine's proxies, trusting the authorities that this machine trusts."""

from typing import Any

from sandboxes import exchange


def fetch(address: str, timeout: float) -> bytes:
    """Return what a server answers, with redirects followed. The server may be silent for `timeout` seconds at most.

    Raises OSError where it cannot be reached, and for a status of 400 or more.
    """
    import requests

    with requests.Session() as session:
        session.mount("https://", _adapter())
        try:
            response = session.get(address, timeout=timeout)
            response.raise_for_status()
        except requests.HTTPError:
            raise OSError(f"{response.status_code} {response.reason}") from None
        except (requests.RequestException, ValueError) as error:
            raise exchange.failure(error) from error
        return response.content


def _adapter() -> Any:
    """Return an adapter that also trusts the machine's own authorities: requests alone knows only those that it brings along."""
    from requests.adapters import HTTPAdapter
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_default_certs()

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options, ssl_context=context)

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            return super().proxy_manager_for(proxy, **options, ssl_context=context)

    return Adapter()
