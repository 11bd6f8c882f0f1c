"""Slipway's graders. A notebook needs one line of it: `from checks import lab`."""


def __getattr__(name: str) -> object:
    # Loaded on first use: the command line imports this package on every start and needs none of it.
    if name == "lab":
        from checks.notebook import lab

        return lab
    raise AttributeError(f"module 'checks' has no attribute '{name}'")
