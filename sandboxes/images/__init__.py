"""The images that labs run on: their catalogue, and how each is pulled, built, saved and loaded.

`ensure` pulls missing images where a registry answers, and builds them from packages where none does.
"""

from sandboxes.images.catalogue import Image, catalogue, find
from sandboxes.images.get import ensure, missing, status

__all__ = ["Image", "catalogue", "ensure", "find", "missing", "status"]
