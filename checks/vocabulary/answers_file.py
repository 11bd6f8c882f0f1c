"""The answers that a learner writes into a TOML file of the lab.

Each function is pure over a Snapshot; a probe of the kind `file` reads the file.
"""

from collections.abc import Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import texts
from checks.vocabulary.containers import Findings

# A reason is the learner's own words: only their number is checked.
LEAST_WORDS = 5
FILE = "answers.toml"


def table(snapshot: Snapshot, probe_id: str, example: str) -> Json | Finding:
    """Return the answers in the lab's file, or the finding that says why there are none.

    `probe_id` names a probe of the kind `file`; `example` shows in the finding how an answer is written.

    Example:
        answers = answers_file.table(snapshot, "answers", 'network = "bridge"')
        # answers.toml is not valid TOML: Expected '=' after a key in a key/value pair (at line 1, column 9).
    """
    file = snapshot.probe(probe_id)
    name = file["path"]
    if not file["ok"]:
        message = f"{name} cannot be read: {file['error']}."
        hint = f"`slipway start {snapshot.lab.partition('-')[0]}` restores the file, and changes nothing else."
        return Finding(message, name, "", "a file with your answers", file["error"], hint=hint)
    try:
        return texts.toml_table(file["text"])
    except ValueError as error:
        message = f"{name} is not valid TOML: {error}."
        hint = f"Each answer is one line: {example}, with both quotes."
        return Finding(message, name, "", example, file["text"], hint=hint)


def chosen(answers: Json, name: str, choices: Sequence[str], right: str, why: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the table `name` of the answers holds the choice `right` and a reason of at least five words.

    `choices` are all the choices, `why` says what the wrong one would mean, `cost` is what a finding takes off, in points.

    Example:
        yield from answers_file.chosen(answers, "kiosk", ("compose", "cluster"), "compose", "One machine needs no cluster.")
        # cluster is not the better choice for kiosk.
    """
    answer = answers.get(name)
    given = answer if isinstance(answer, dict) else {}
    choice, reason = (str(given.get(part, "")).strip() for part in ("choice", "reason"))
    path = f"{name}.choice"
    if choice.lower() not in choices:
        message = f"There is no choice for {name} yet." if not choice else f"The choice for {name} is neither of the two."
        either = " or ".join(f'"{option}"' for option in choices)
        hint = f"Write {either} after `choice =`, below [{name}]."
        yield Finding(message, FILE, path, either, choice, hint=hint, cost=cost)
    elif choice.lower() != right:
        message = f"{choice} is not the better choice for {name}."
        hint = "Read the story again: what has to happen in it, who does that, and at what price?"
        yield Finding(message, FILE, path, "the other one", choice, why, hint, cost=cost)
    elif len(reason.split()) < LEAST_WORDS:
        message = f"The choice for {name} has no reason yet." if not reason else f"The reason for {name} is too short to be one."
        hint = f"Say it in at least {LEAST_WORDS} words, as you would to a colleague who prefers the other one."
        where, expected = f"{name}.reason", f"at least {LEAST_WORDS} words"
        yield Finding(message, FILE, where, expected, reason, hint=hint, cost=cost)
