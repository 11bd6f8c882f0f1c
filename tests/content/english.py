"""Patterns of translated or dated English, each with what to write, and the sentences that may keep one."""

import re
from typing import NamedTuple


class Pattern(NamedTuple):
    """A pattern of words, and what to write instead of what it finds."""

    name: str
    words: re.Pattern[str]
    advice: str


def _pattern(name: str, words: str, advice: str) -> Pattern:
    return Pattern(name, re.compile(words), advice)


PATTERNS = (
    _pattern("stand", r"\b(stands?|stood|standing)\b(?! for\b|-)", "is in, is listed in, says"),
    _pattern("lie", r"\b(lies|lie|lay|lain|lying)\b|\bdata (lie|are)\b", "is stored in, is; “the data is”"),
    _pattern("own", r"\b[Aa]n? [\w -]{2,30} of (its|their|your|one's) own\b|\bone['’]s own\b", "“its own X”, or no “own”"),
    _pattern("nobody", r"\b([Nn]obody|[Ss]omebody|[Aa]nybody)\b", "the passive, “no one”, or the real actor"),
    _pattern("who", r"(?:^|[.!:;] )(Who|Whom|Whoever)\b(?!.*\?)|\b[Ww]ho(m|ever) (is|has|asks?|makes?)\b", "anyone who, if you"),
    _pattern(
        "dated",
        r"\b(anew|for ever|altogether|besides|seldom|dearer?|heeds?|bears?|thereby|therein|thus|hence|whilst|forth|shall)\b",
        "again, forever, completely, also, rarely, costlier, enforces, copes with",
    ),
    _pattern("bring", r"\b([Bb]rings?|brought) (a|an|its own|no|the new) ", "ship, deploy, roll out; comes with, includes"),
    _pattern(
        "lead",
        r"\b(leads?|led) (?:it )?(there|nowhere|elsewhere|into|through|to (another|the (port|Pods?|Service|address)|it|them))\b",
        "the technical verb: forwards, points, routes, resolves to",
    ),
    _pattern(
        "is to", r"\b(is|are|was|were) to (be|come|go|end|serve|have|become|stay)\b", "will, must, should; “is ready to use”"
    ),
    _pattern("comma too", r", too\b", "no comma, or “also”, “as well”"),
    _pattern("also", r"\b[Aa]lso (not|with|by|in|on|from|after|before)\b", "not even, including, even"),
    _pattern("let", r"\b[Ll]ets? (the|it|a|an|requests|Pods) [^.,;:]{0,30}\b(fail|break|end)\b", "makes X fail, causes"),
    _pattern(
        "in the place of",
        r"\bin the place of\b|\bby such\b|\bso many (seconds|minutes)\b",
        "instead of, with ones that, that many",
    ),
    _pattern(
        "cleft", r"(?:^|[.:;] )What [^.?!,:]{3,50} (is|are) (a|an|one|the|that|all|how|what|is)\b", "the plain subject first"
    ),
    _pattern(
        "what happened", r"What happened\.\*\* [^.]*\b(has|have) (been )?\w+ed\b(?! (yet|since))[^,.]*\.", "the simple past"
    ),
    _pattern(
        "inversion",
        r"\b[Hh]ere (lies|stands|is no|are no)\b|\b[Bb]ehind (one|each) \w+ (stands|is)\b|^Only, ",
        "the subject first",
    ),
    _pattern("one", r"\b(if|when|as|where) one (can|does|sees|deletes|may|must|should|has|wants)\b|\bas one does\b", "you"),
    _pattern(
        "makes",
        r"\bis got\b|\bmade from the\b|\bmade anew\b|\bmend\w*\b|\bmade of them\b",
        "downloaded, generated, recreated, fix",
    ),
    _pattern("goes on", r"\bgoes on\b|\bcomes? to an end\b|\bis promised\b", "continues, was interrupted, requests"),
    _pattern("at work", r"\b(is|are) at work\b", "is running"),
    _pattern("terms", r"\b([Pp]rocessors?|[Rr]oll-outs?|PersistentVolume claims?)\b(?! time)", "CPU, rollout, claim or PVC"),
    _pattern(
        "size", r"\b(has|have) (a few|many|one|two|several|some) (hundred )?(kilo|mega|giga)bytes?\b", "is about one kilobyte"
    ),
    _pattern(
        "filler",
        r"\b([Ss]imply|[Oo]bviously|[Oo]f course(?! version)|[Jj]ust (run|do|add|type|use|write))\b",
        "nothing: leave it out",
    ),
    _pattern("door", r"\b[Dd]oors?\b", "the Ingress, the address, the proxy; lab 09 alone has a service called door"),
)

# Where a pattern may stay: a part of the place, the pattern's name ("" for all), a part of the sentence, and why.
ALLOWED = (
    ("09-orchestration", "door", "", "the reverse proxy of this lab is a service called `door`"),
    ("lab_09_", "door", "", "the reverse proxy of this lab is a service called `door`"),
    ("06-multi-stage", "nobody", "by convention, *nobody*", "the name of a Unix user"),
    ("22-ingress", "nobody", "nobody of that name", "what the page of the lab says, literally"),
    ("lab_22_ingress", "nobody", "nobody of that name", "what the page of the lab says, literally"),
    ("lab_08_debugging", "stand", "The water stands at", "what the program of the lab answers, literally"),
    ("20-probes/program.yaml", "nobody", "nobody has found", "part of a program that recorded clusters contain, word by word"),
)
