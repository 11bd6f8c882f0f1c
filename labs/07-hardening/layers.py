"""Searches all layers of an image for a text: docker image save IMAGE | python3 layers.py TEXT"""

import sys
import tarfile

wanted = sys.argv[1].encode()
found = 0
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as image:
    for part in filter(tarfile.TarInfo.isfile, image):
        try:
            with tarfile.open(fileobj=image.extractfile(part), mode="r|*") as layer:
                for entry in filter(tarfile.TarInfo.isfile, layer):
                    for line in layer.extractfile(entry).read().splitlines():
                        if wanted in line and len(line) < 200:
                            found += 1
                            print(f"/{entry.name}: {line.decode(errors='replace')}")
        except tarfile.ReadError:
            pass  # a description, not a layer
print(f"{found} lines found.")
