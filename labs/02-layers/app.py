"""The harbour's greeting, now with the tide: the height of the water is a sum of waves, as in every tide table."""

import time
from pathlib import Path

import numpy
from flask import Flask

EDITED = "never"
# One wave per line: its name, its height in metres, its period in hours.
WAVES = Path(__file__).with_name("waves.csv")
HEIGHTS, HOURS = numpy.loadtxt(WAVES, delimiter=",", skiprows=1, usecols=(1, 2), unpack=True)

app = Flask(__name__)


def tide(seconds: float) -> float:
    """How many metres the water stands above its mean, at a time in seconds since 1970."""
    return float(numpy.sum(HEIGHTS * numpy.cos(2 * numpy.pi * seconds / 3600 / HOURS)))


@app.get("/")
def greet() -> dict[str, str | float]:
    """The greeting, the tide, and when this file was edited last."""
    return {"greeting": "Hello from Docker!", "tide": round(tide(time.time()), 2), "edited": EDITED}


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
