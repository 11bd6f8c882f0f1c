"""The kind of sandbox that a lab runs on, with the module that starts and clears a lab there."""

from importlib import import_module
from types import ModuleType

from checks.model import Lab

MODULES = {"docker": "checks.lifecycle.docker", "kind": "checks.lifecycle.kind"}


def of(lab: Lab) -> ModuleType:
    """Return the module for the lab's sandbox: `identity`, `begin`, `go_on` and `clear`. Only that one is loaded."""
    return import_module(MODULES[lab.sandbox])
