"""JupyterLab for the labs: on the loopback address, with a token and its own settings."""

from sandboxes.jupyter.server import Server, find, free_port, is_free, redirect_page, start, stop

__all__ = ["Server", "find", "free_port", "is_free", "redirect_page", "start", "stop"]
