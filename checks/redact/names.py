"""Which names stand for secrets, and which values under such a name are none."""

import re
from functools import lru_cache

WORDS = (
    "PASSWORD|PASSWD|PASSPHRASE|REQUIREPASS|MASTERAUTH|SECRET|TOKEN|CREDENTIAL|"
    "API[_-]?KEY|PRIVATE[_-]?KEY|ACCESS[_-]?KEY|SIGNING[_-]?KEY|ENCRYPTION[_-]?KEY"
)
WORD = re.compile(WORDS, re.I)
# DB_PASS, MYSQL_PWD and dbPass, but neither PWD nor BYPASS.
_SHORT = re.compile(r"(?:^|[_.-])PASS$|[_.-]PWD$|(?-i:[a-z](?:Pass|Pwd)$)", re.I)
# The name of a secret, or the place where one is kept, is no secret.
_REFERS = re.compile(r"[_.-]?(?:FILE|PATH|DIR|NAME|NAMES|REF|ACCESS_?KEY_?ID|SECONDS)$", re.I)
_REFERENCE = re.compile(r"\$\([^)]*\)|\$\{[^}]*\}|\$[A-Z_][A-Z0-9_]*")
_IN_TEXT = ("$(", "${", "`", "{{", "<", "*", "&", "!", "‹redacted")
_PLAIN_WORDS = frozenset(
    {"", "true", "false", "yes", "no", "on", "off", "null", "none", "nil", "0", "1", "~", "|", ">", "|-", ">-"}
)


@lru_cache(maxsize=4096)  # the same names are in every object, and in every check
def is_secret(name: str) -> bool:
    """Tell whether a variable, key or option of this name is taken to hold a secret.

    `is_secret("MYSQL_ROOT_PASSWORD")` is true, `is_secret("POSTGRES_PASSWORD_FILE")` is not.
    """
    return bool(WORD.search(name) or _SHORT.search(name)) and not _REFERS.search(name)


def takes_secret(option: str, value: str) -> bool:
    """Tell whether the argument after an option is a secret.

    `takes_secret("--password", "hunter2")` is true. `takes_secret("--no-password", "--command")` is not: what turns
    something off takes no value, and what follows is an option of its own.
    """
    return is_secret(option.lstrip("-")) and not option.lower().startswith("--no-") and not value.startswith("-")


def is_literal(value: str) -> bool:
    """Tell whether a value, as the system holds it, is a secret itself: no reference to one, no switch, no mark of ours.

    `is_literal("$(DB_PASSWORD)")` and `is_literal("true")` are false.
    """
    return value.strip().lower() not in _PLAIN_WORDS and not _REFERENCE.fullmatch(value) and not value.startswith("‹redacted")


def is_written(value: str) -> bool:
    """Tell whether a value in a text that a person or a program wrote is a secret itself, as `is_literal`.

    A text also has parts of shell commands (`$(cat file)`), templates, and YAML's aliases, anchors and tags.
    """
    return is_literal(value) and not value.startswith(_IN_TEXT) and value.strip("*.…xX") != ""
