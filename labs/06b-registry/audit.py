"""Compares a bill of materials with the advisories: python3 audit.py sbom.cdx.json"""

import json
import sys
from pathlib import Path


def number(version):
    """A version as numbers: v1.10.0 is later than v1.9.0."""
    return [int(part) for part in version.removeprefix("v").split(".")]


def main(path):
    bill, known = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (path, "advisories.json"))
    affected = 0
    for part in bill["components"]:
        for advisory in known["advisories"]:
            if part["name"] == advisory["package"]:
                if number(advisory["introduced"]) <= number(part["version"]) < number(advisory["fixed"]):
                    affected += 1
                    print(f"{advisory['id']}: {part['name']} {part['version']}. {advisory['summary']}.")
                    print(f"  fixed in {advisory['fixed']}")
    print(f"{len(bill['components'])} components, {affected} known vulnerabilities, as of {known['published']}")


if __name__ == "__main__":
    main(*sys.argv[1:2] or sys.exit("Usage: python3 audit.py sbom.cdx.json"))
