"""The pictures of the labs: SVG files beside a notebook, which the site shows as they are."""

import re

from checks.model import Lab

SUFFIX = ".svg"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([a-z0-9-]+\.svg)\)")


def adapt(text: str, lab: Lab) -> str:
    """Return a notebook's text with its pictures at their addresses on the site, seen from the lab's page."""
    return PICTURE.sub(rf"![\1]({lab.id}/\2){{ .picture }}", text)


def files(lab: Lab) -> dict[str, str]:
    """Return the lab's pictures by their source path in the site."""
    return {f"labs/{lab.id}/{path.name}": path.read_text(encoding="utf-8") for path in sorted(lab.folder.glob(f"*{SUFFIX}"))}
