"""A colleague on another machine: pushes an image of their own as localhost:8066/berth-sign:1.0."""

import json

import registry

REPOSITORY, TAG = "berth-sign", "1.0"

before, manifest = registry.image(REPOSITORY, TAG)
config = json.loads(registry.blob(REPOSITORY, manifest["config"]["digest"]))
config["config"]["Cmd"] = ["closed"]
after = registry.push(REPOSITORY, TAG, manifest, config)
print(f"{REPOSITORY}:{TAG} was {before}")
print(f"{REPOSITORY}:{TAG} is  {after}")
