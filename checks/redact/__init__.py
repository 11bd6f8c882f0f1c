"""Redaction: secrets leave a snapshot before it is stored or shown.

A value is a secret when its name says so (a variable called …PASSWORD, …TOKEN), when it stands where a secret stands (the
password of a URL, an Authorization header), or when its form says so (a private key, a JSON Web Token). On a cluster, all
values of a Secret are secrets, and so is the copy of an object that `kubectl apply` leaves in it. Every place that repeats a
secret, in whatever encoding, is redacted too. Equal secrets get equal marks within one snapshot, so a check can ask whether
two values agree; the key behind the marks is thrown away. A secret in base64 gets the mark of the secret, with the word
base64 in it.
"""

from checks.redact.leaves import APPLIED, yaml_leaves
from checks.redact.names import is_literal, is_secret, is_written
from checks.redact.replace import IN_BASE64, MARK
from checks.redact.snapshot import redact, secrets_of, text_secrets
from checks.redact.text_secrets import DEFAULT, URL_PASSWORD

__all__ = [
    "APPLIED",
    "DEFAULT",
    "IN_BASE64",
    "MARK",
    "URL_PASSWORD",
    "is_literal",
    "is_secret",
    "is_written",
    "redact",
    "secrets_of",
    "text_secrets",
    "yaml_leaves",
]
