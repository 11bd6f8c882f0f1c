"""The images that labs run on: what they are, and how each is pulled, built, saved and loaded.

`ensure` gets what is missing, from a registry where one answers and from Debian packages where none does.
"""

from sandboxes.images.catalogue import Image, catalogue, find
from sandboxes.images.get import ensure, missing, status

__all__ = ["Image", "catalogue", "ensure", "find", "missing", "status"]
