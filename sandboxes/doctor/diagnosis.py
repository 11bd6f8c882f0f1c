"""Diagnosis: the level, text and fix that one check of the machine returns."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The result of a check of the machine."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Diagnosis:
    """The result of one check as a sentence, and what to do about it (empty where there is nothing to do)."""

    id: str
    title: str
    level: Level
    text: str
    fix: str = ""


# What a check returns: the level, the text and the fix.
Verdict = tuple[Level, str, str]


def fine(text: str) -> Verdict:
    """Return a verdict that needs no attention."""
    return Level.FINE, text, ""


def note(text: str, fix: str = "") -> Verdict:
    """Return a verdict worth knowing that breaks nothing."""
    return Level.NOTE, text, fix


def problem(text: str, fix: str) -> Verdict:
    """Return a verdict that needs the fix before the labs can work."""
    return Level.PROBLEM, text, fix


def unknown(text: str) -> Verdict:
    """Return a verdict for what cannot be found out here."""
    return Level.UNKNOWN, text, ""
