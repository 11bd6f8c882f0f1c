"""Texts of our own without secrets: what a process writes by another way than a snapshot."""

import os

from checks.redact import known
from checks.redact.names import is_literal, is_secret
from checks.redact.replace import SHORTEST_ELSEWHERE, Replacer
from checks.redact.snapshot import Secrets, text_secrets


def scrub(text: str) -> str:
    """Remove from a text, such as a traceback, the secrets that it shows, that this process has met, or was started with.

    `scrub("KeyError: 'DB_PASSWORD=s3cret'")` has a mark in place of the password.
    """
    secrets = Secrets(known.met())
    for name, value in os.environ.items():
        if is_secret(name) and is_literal(value) and len(value) >= SHORTEST_ELSEWHERE:
            secrets.learn(value)
    spans = list(text_secrets(text))
    for span in spans:
        if span.elsewhere:
            secrets.learn(span.value, text[span.start : span.end])
    return Replacer(secrets.values).text(text, spans)
