"""What redaction reads, and what it leaves out because nothing can be found there."""

import json
import re
import subprocess
import sys

import pytest

from checks.redact import redact
from checks.redact.any_case import AnyCase
from checks.redact.text_secrets import adds_in_yaml
from sandboxes.settings import ROOT

PLAIN = "s3cretQuay42"
FLASK = (
    " * Serving Flask app 'app'\n * Debug mode: off\n * Running on http://127.0.0.1:5000\n"
    '172.17.0.1 - - [01/Jan/2026 11:59:57] "GET / HTTP/1.1" 200 -\n'
)
NGINX = '10.244.1.1 - - [01/Jan/2026:11:59:57 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"\nnotice: start worker\n'


def show(text: str) -> str:
    return str(redact({"objects": {}, "probes": {"it": {"stdout": text}}})["probes"]["it"]["stdout"])


@pytest.mark.parametrize(
    "text", ["", "a secret", "A SECRET", "Secrets and sEcReT", "ſecret", "TOKEN", "toKEN", "secre", "é SECRET", "İ"]
)
def test_any_case_finds_what_an_expression_that_ignores_case_finds(text: str) -> None:
    expression = re.compile("secret|token(?![a-z])", re.I)
    assert AnyCase("secret|token(?![a-z])").within(text) is bool(expression.search(text))
    assert list(AnyCase("secret|token(?![a-z])").spans(text)) == [match.span() for match in expression.finditer(text)]


@pytest.mark.parametrize("text", [FLASK, NGINX])
def test_a_log_without_secrets_is_not_parsed_as_yaml(text: str) -> None:
    assert not adds_in_yaml(text)
    code = (
        "import json, sys; from checks.redact import redact; data = json.loads(sys.argv[1]); "
        "assert redact(data) == data; print('yaml' in sys.modules)"
    )
    data = json.dumps({"objects": {}, "probes": {"log": {"text": text}}})
    done = subprocess.run([sys.executable, "-c", code, data], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    "text",
    [
        f"run: >-\n  curl\n  -u app:{PLAIN}\n  http://web\n",
        f"run: >-\n  CURL\n  --USER app:{PLAIN}\n",
        f'"\\x50ASSWORD": {PLAIN}\nurl: http://web\n',
        f'url: "http:\\x2f/app:{PLAIN}@db/x"\nother: http://web\n',
        f"docs: http://web\nurl: postgres://app:{PLAIN}@db\n",
        f"docs: http://web\nargs:\n- --token\n- {PLAIN}\n",
    ],
)
def test_what_a_text_shows_when_it_is_read_as_yaml_is_redacted(text: str) -> None:
    assert PLAIN not in show(text)
