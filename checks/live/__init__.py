"""The live view: a watcher that evaluates a lab when something changes, and the Jupyter server extension that streams it."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server which module holds the extension."""
    return [{"module": "checks.live.server_extension"}]
