"""Writes a bill of materials for an image in the registry, in the CycloneDX format: python3 sbom.py berth-sign:2.1

Go writes the modules that it was given into every program. This script downloads the image's layers, and reads them there.
"""

import io
import json
import sys
import tarfile

import registry

MARK = b"\xff Go buildinf:"
# The header is 32 bytes long. Two texts follow it, each after its length: the release of Go, and the modules.
HEADER = 32
# Around the list of modules.
FENCE = 16


def text(program, place):
    """The text at a place, and the place after it. Its length comes first, seven bits in each byte."""
    length = shift = 0
    while True:
        byte = program[place]
        length |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return program[place : place + length], place + length


def components(program):
    """What was built into a Go program: pairs of a name and a version."""
    start = program.find(MARK)
    if start < 0:
        return
    release, place = text(program, start + HEADER)
    yield "stdlib", release.decode().removeprefix("go").partition(" ")[0]
    modules, _ = text(program, place)
    for line in modules[FENCE:-FENCE].decode().splitlines():
        kind, *fields = line.split("\t")
        if kind == "dep":
            yield fields[0], fields[1]


def main(reference):
    repository, _, tag = reference.removeprefix("localhost:8066/").partition(":")
    image, manifest = registry.image(repository, tag or "latest")
    found = set()
    for layer in manifest["layers"]:
        with tarfile.open(fileobj=io.BytesIO(registry.blob(repository, layer["digest"]))) as files:
            for file in filter(tarfile.TarInfo.isfile, files):
                found |= set(components(files.extractfile(file).read()))
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": repository, "version": image}},
        "components": [
            {"type": "library", "name": name, "version": version, "purl": f"pkg:golang/{name}@{version}"}
            for name, version in sorted(found)
        ],
    }
    print(json.dumps(bill, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:2] or sys.exit("Usage: python3 sbom.py berth-sign:TAG"))
