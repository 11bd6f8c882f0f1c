"""The ids of a class, a learner and a lab: ASCII that is safe in a file name, a CSV cell and a terminal."""

import re

CLASS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LEARNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
LAB = re.compile(r"[0-9]{2}[a-z]?-[a-z0-9-]{1,60}")
COURSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")


def is_learner(text: str) -> bool:
    """Tell whether a text is the id of a learner: `is_learner("e12345678")`, `is_learner("ada@example.org")`.

    A name of which a file system may make another one (a full stop at the end) is none.
    """
    return LEARNER.fullmatch(text) is not None and not text.endswith(".") and ".." not in text
