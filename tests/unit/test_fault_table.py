"""Forty faults of engine, API, network, machine and certificates, each before, during and after collection.

A whole lab is graded as `slipway check` does it, from a right and from a wrong state, over real sockets. Whatever fails, a
check has the verdict of the undisturbed state, or it could not be checked and says why; no point is lost, and none is won.
"""

import errno
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import fake_api_server
import pytest
from fake_api_server import Authority
from replayed import Played, Seen, on_docker, on_kubernetes
from trouble import WIRE, Act, Line, Trouble

from checks.model import Outcome, Report
from sandboxes import exchange

BOTH = ("docker", "kubernetes")
MOMENTS = ("before", "during", "after")
STATES = {"docker": ("solved", "loopback"), "kubernetes": ("solved", "forward-not-used")}
# So many requests are answered before a fault during collection: a lab here takes ten to sixteen.
ANSWERED = 5
SHORT, ENOUGH = 0.25, 8.0  # seconds for a request to a server that hangs, and for a whole check then
BROKEN = ("connection", "could not be understood", "not valid JSON", "cut off", "broke", "is not a log")
SLOW = ("did not answer within",)
Begin = Callable[[Played], None]


@dataclass(frozen=True)
class Fault:
    """A fault: what happens to answers, or to this machine when it `begins`, and words that a reason then contains.

    With `right`, nothing is lost: the verdict is that of the undisturbed state. `slow` ones are given a short deadline.
    A fault of this machine exists before any request is sent. One that is not `lasting` may do no harm.
    """

    name: str
    words: tuple[str, ...] = ()
    act: Act = lambda line: False
    begins: Begin = lambda played: None
    sides: tuple[str, ...] = BOTH
    right: bool = False
    of_machine: bool = False
    lasting: bool = True
    slow: bool = False


def wire(name: str, *words: str, **more: object) -> Fault:
    return Fault(name, words or BROKEN, WIRE[name], **more)  # type: ignore[arg-type]


def refuse(played: Played) -> None:
    """Nothing listens any more where the server was."""
    if played.lab.sandbox == "docker":
        played.server.socket.unlink()
    else:
        played.server.server.socket.close()


def raising(error: BaseException) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


def no_threads(played: Played) -> None:
    played.patch.setattr(ThreadPoolExecutor, "submit", raising(RuntimeError("can't start new thread")))
    played.patch.setattr(threading.Timer, "start", raising(RuntimeError("can't start new thread")))


def no_files(played: Played) -> None:
    """No connection can be opened: every descriptor is in use."""
    full = raising(OSError(errno.EMFILE, "Too many open files"))
    for module in ("sandboxes.engine.client", "sandboxes.cluster.client"):
        played.patch.setattr(f"{module}.send", full)
    played.patch.setattr(exchange, "once", full)


def disk_full(played: Played) -> None:
    played.patch.setattr(os, "fsync", raising(OSError(errno.ENOSPC, "No space left on device")))


def no_names(played: Played) -> None:
    played.patch.setattr(
        socket, "getaddrinfo", raising(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"))
    )


def out_of_memory(played: Played) -> None:
    played.patch.setattr(exchange, "read", raising(MemoryError()))


def jump(seconds: float, played: Played) -> None:
    played.move_clock(seconds)


def other_cluster(played: Played) -> None:
    played.server.uid = "another-cluster"


def serve(certificate: str, played: Played) -> None:
    """Show this certificate from now on, to whoever connects."""
    folder = played.server.authority.folder
    played.server.server.context.load_cert_chain(folder / f"{certificate}.crt", folder / f"{certificate}.key")


def hang_up(line: Line) -> bool:
    """Close the connection, so that the next request opens another."""
    return line.send(b"")


def vanish(line: Line) -> bool:
    """An object is gone between the list and the look at it, and is there again: as while Compose replaces it."""
    return line.status(404, "no such object") if line.hit <= 2 and line.path.endswith(("/json", "/json?manifests=1")) else False


def forget(line: Line) -> bool:
    return line.status(404, "no such object") if line.path.endswith(("/json", "/json?manifests=1")) else False


def in_parts(line: Line) -> bool:
    """An API server that gives its lists in two parts."""
    if not line.body.startswith(b'{"kind": "') or b'"items": [' not in line.body:
        return False
    if "continue=" in line.path:
        return line.answer(200, b'{"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}')
    return line.answer(200, line.body.replace(b'"resourceVersion"', b'"continue": "t/1", "resourceVersion"'))


def gone(line: Line) -> bool:
    """The second part of a list is no longer there."""
    if "continue=" in line.path:
        return line.status(410, "The provided continue parameter is too old")
    return in_parts(line)


def for_ever(line: Line) -> bool:
    """Every part announces another one."""
    if b'"items": [' not in line.body:
        return False
    return line.answer(200, b'{"kind": "List", "apiVersion": "v1", "metadata": {"continue": "on"}, "items": []}')


def one_unknown(line: Line) -> bool:
    """The API server does not know one of the kinds for the moment, as while an aggregated API is away."""
    return line.status(404, "the server could not find the requested resource") if line.path.endswith("/pods") else False


FAULTS = (
    Fault("refuses", ("no Docker engine answers", "no cluster answers", *BROKEN), hang_up, refuse),
    wire("closes without a word"),
    wire("resets"),
    wire("hangs", *SLOW, slow=True),
    wire("drips its head", *SLOW, slow=True),
    wire("drips a body", *SLOW, slow=True),
    wire("drips the size of a chunk", *SLOW, slow=True),
    wire("sends garbage"),
    wire("speaks SSH"),
    wire("sends a login page"),
    wire("sends half of the JSON"),
    wire("sends less than it announces"),
    wire("announces less than it sends"),
    wire("breaks off in its head"),
    wire("breaks off in a chunk"),
    wire("sends a wrong chunk"),
    wire("sends more than can be read", "more than", *BROKEN),
    wire("sends deep nesting", "nested too deeply", *BROKEN),
    wire("sends nothing but null", "(null)", *BROKEN),
    wire("sends an empty object"),
    wire("sends a text for an object"),
    wire("sends objects without content"),
    wire("sends bytes that are no text"),
    wire("redirects", "302", *BROKEN),
    wire("answers 401", "credentials are refused", "Unauthorized"),
    wire("answers 403", "credentials do not allow it", "forbidden by a plugin"),
    wire("answers 404 to everything", "404", *BROKEN),
    wire("answers 429 with a long Retry-After", "too much to do", "too many requests"),
    wire("answers 500", "the disk is damaged"),
    wire("answers 502", "502", "Bad Gateway", *BROKEN),
    wire("answers 503", "shutting down"),
    wire("is restarted between two requests", lasting=False),
    wire("answers each request late", right=True),
    Fault("loses objects between list and look", (), vanish, sides=("docker",), right=True),
    Fault("does not know what it lists", ("does not know", "no longer knows"), forget, sides=("docker",)),
    Fault("gives a list in parts", (), in_parts, sides=("kubernetes",), right=True),
    Fault("answers 410 in the middle of a list", ("410", "too old"), gone, sides=("kubernetes",)),
    Fault("never ends a list", ("does not end",), for_ever, sides=("kubernetes",)),
    Fault("does not know a kind", ("does not serve the kind",), one_unknown, sides=("kubernetes",)),
    Fault("is another cluster", ("is not the one",), begins=other_cluster, sides=("kubernetes",)),
    Fault(
        "has an expired certificate", ("certificate has expired", *BROKEN), hang_up, partial(serve, "expired"), ("kubernetes",)
    ),
    Fault(
        "has a certificate of another authority",
        ("not our cluster", *BROKEN),
        hang_up,
        partial(serve, "foreign"),
        ("kubernetes",),
    ),
    Fault(
        "has a certificate for another name", ("not our cluster", *BROKEN), hang_up, partial(serve, "elsewhere"), ("kubernetes",)
    ),
    Fault("an hour is skipped", begins=partial(jump, 3600), right=True),
    Fault("the clock goes back an hour", begins=partial(jump, -3600), right=True),
    Fault("the disk is full", ("could not be written",), begins=disk_full, of_machine=True, lasting=False),
    Fault("there is no memory", ("out of memory",), begins=out_of_memory, of_machine=True),
    Fault("there are no threads", ("no more threads",), begins=no_threads, of_machine=True),
    Fault("there are no files", ("Too many open files",), begins=no_files, of_machine=True),
    Fault("no name can be looked up", ("look a name up", "name resolution", "failed"), begins=no_names, of_machine=True),
)
CASES = [(fault, side) for fault in FAULTS for side in fault.sides]


@pytest.fixture(scope="session")
def certificates(ours: Authority, theirs: Authority) -> Authority:
    """The cluster's authority, with certificates beside its server's that no client should accept."""
    fake_api_server.sign(ours.folder, "expired", days=-1)
    fake_api_server.sign(ours.folder, "elsewhere", address="DNS:elsewhere.example")
    for kind in ("crt", "key"):
        (ours.folder / f"foreign.{kind}").write_bytes(theirs.pem(f"server.{kind}"))
    return ours


@contextmanager
def played(side: str, state: str, certificates: Authority, folder: Path) -> Iterator[Played]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="slipway-") as short:
        for name in ("WORK", "STATE"):
            patch.setenv(f"SLIPWAY_{name}", str(folder / state / name))
        if side == "docker":
            with on_docker(Path(short), patch, state) as running:
                yield running
        else:
            with on_kubernetes(certificates, folder / state / "cluster", patch, state) as running:
                yield running


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("fault", "side"), CASES, ids=[f"{side}: {fault.name}" for fault, side in CASES])
def test_a_fault_is_never_a_zero_and_never_a_pass(
    fault: Fault, side: str, moment: str, certificates: Authority, tmp_path: Path
) -> None:
    at = MOMENTS.index(moment)
    # Both states where it is quick, or else a right and a wrong one in turn.
    states = STATES[side] if side == "docker" and not fault.slow else STATES[side][at % 2 : at % 2 + 1]
    for state in states:
        with played(side, state, certificates, tmp_path) as running:
            if fault.slow and moment != "after":
                running.limit(SHORT)
            trouble = Trouble(fault.act, ANSWERED if moment == "during" else 0, lambda: fault.begins(running))
            if fault.of_machine and moment == "before":
                trouble.begins()
            running.suffer(trouble, after_collection=moment == "after")
            demand(running.check(), running.expected, fault, moment)


def demand(seen: Seen, expected: Report, fault: Fault, moment: str) -> None:
    """The right verdict or none, a reason that names the fault, a total that says what is missing, in time, in words."""
    assert "Traceback" not in seen.errors and "fault in Slipway" not in seen.errors, seen.errors
    assert seen.report is not None, seen.errors
    assert not fault.slow or seen.seconds < ENOUGH
    report, right = seen.report, {result.id: result for result in expected.results}
    unchecked = [result for result in report.results if result.outcome is Outcome.COULD_NOT_CHECK]
    for result in report.results:
        if result not in unchecked:
            assert (result.outcome, result.earned) == (right[result.id].outcome, right[result.id].earned), result
        elif not result.blocked_by:
            assert any(word in result.reason for word in fault.words), result.reason
            assert "bug in Slipway, not" not in result.reason
    assert report.unchecked == sum(result.points for result in unchecked)
    assert report.possible + report.unchecked == expected.possible
    if moment == "after" or fault.right:
        assert not unchecked, unchecked[0].reason
    elif moment == "before" and fault.lasting:
        assert unchecked
    assert seen.code == (2 if unchecked else 0 if expected.passed else 1)
