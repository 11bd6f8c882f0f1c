"""The positions of keys in a TOML file, which `tomllib` does not give."""

import re
import tomllib

Path = tuple[str | int, ...]
Position = tuple[int, int]  # line and column, from 1

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}=,.]"
    r"|[^\s\[\]{}=,.\"'#]+",
    re.DOTALL,
)


def positions(text: str) -> dict[Path, Position]:
    """Return the position of every key of a valid TOML text, by the path to it; an array's tables have a number.

    `positions("[late]\\ngrace = 5")` is `{("late",): (1, 2), ("late", "grace"): (2, 1)}`.
    """
    return _Scan(text).run()


def of(table: dict[Path, Position], path: Path) -> Position:
    """Return the position of a path, or of the nearest one above it; the first line where there is none."""
    while path and path not in table:
        path = path[:-1]
    return table.get(path, (1, 1))


class _Scan:
    """One pass over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, Position] = {}
        self._tokens: list[tuple[str, Position]] = []
        line, begin = 1, 0
        for match in _TOKEN.finditer(text):
            token = match[0]
            if not token.startswith("#"):
                self._tokens.append((token, (line, match.start() - begin + 1)))
            if "\n" in token:
                line += token.count("\n")
                begin = match.start() + token.rindex("\n") + 1
        self._at = 0
        self._counts: dict[Path, int] = {}

    def run(self) -> dict[Path, Position]:
        """Read the whole text."""
        prefix: Path = ()
        while self._at < len(self._tokens):
            token = self._peek()
            if token == "\n":
                self._at += 1
            elif token == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
        return self.found

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _header(self) -> Path:
        self._at += 1
        array = self._peek() == "["
        self._at += array
        path = self._key(())
        self._at += 2 if array else 1
        if not array:
            return path
        number = self._counts[path] = self._counts.get(path, -1) + 1
        self.found[(*path, number)] = self.found[path]
        return (*path, number)

    def _key(self, prefix: Path) -> Path:
        """Read a dotted key, and note the position of each part."""
        path = prefix
        while self._peek() not in ("=", "]", ""):
            token, position = self._tokens[self._at]
            self._at += 1
            if token != ".":
                path = (*path, _plain(token))
                self.found.setdefault(path, position)
        return path

    def _pair(self, prefix: Path) -> None:
        path = self._key(prefix)
        self._at += 1  # the =
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._peek()
        if opening not in ("{", "["):
            while self._peek() not in ("\n", ",", "}", "]", ""):
                self._at += 1
            return
        self._at += 1
        number = 0
        while self._peek() not in ("}", "]", ""):
            if self._peek() in ("\n", ","):
                self._at += 1
            elif opening == "{":
                self._pair(path)
            else:
                self.found[(*path, number)] = self._tokens[self._at][1]
                self._value((*path, number))
                number += 1
        self._at += 1


def _plain(token: str) -> str:
    return tomllib.loads(f"key = {token}")["key"] if token[0] in "\"'" else token
