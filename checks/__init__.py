"""The graders of Slipway. A notebook imports one name from here: `from checks import lab`."""


def __getattr__(name: str) -> object:
    # Loaded on first use: the command line imports this package on every start and does not need the notebook.
    if name == "lab":
        from checks.notebook import lab

        return lab
    raise AttributeError(f"module 'checks' has no attribute '{name}'")
