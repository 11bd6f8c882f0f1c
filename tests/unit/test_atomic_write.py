"""A file written whole or not at all, with nothing left beside it."""

import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import ROOT


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_write_whole_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("one", "größer 大"):
        write_whole(tmp_path / "file", text)
        assert (tmp_path / "file").read_text(encoding="utf-8") == text
    assert names(tmp_path) == {"file"}


def test_write_whole_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """A text that cannot be encoded fails in the middle of the writing."""
    write_whole(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "file", "new \ud800")
    assert names(tmp_path) == {"file"}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_write_whole_over_a_folder_is_refused_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(SlipwayError) as refused:
        write_whole(tmp_path / "file", "new")
    assert str(tmp_path / "file") in refused.value.message and refused.value.fix
    assert names(tmp_path) == {"file"}


def test_write_whole_below_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SlipwayError) as refused:
        write_whole(tmp_path / "file" / "below", "new")
    assert str(tmp_path / "file" / "below") in refused.value.message


def test_write_whole_on_a_full_disk_is_refused_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    """The kernel ends a write at the largest size that a process may write, as a full disk does."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from sandboxes.host.atomic_write import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_whole(Path(sys.argv[1]), 'x' * 100_000)\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    write_whole(tmp_path / "file", "old")
    completed = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "file"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert completed.stdout == "SlipwayError\n"
    assert names(tmp_path) == {"file"}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_write_whole_keeps_a_secret_from_the_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "secret", "x", 0o600)
        write_whole(tmp_path / "public", "x")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"secret": 0o600, "public": 0o644}


def test_write_whole_does_not_take_over_the_rights_of_what_a_killed_process_left(tmp_path: Path) -> None:
    """Process and thread IDs come round again: a leftover of the same name may be readable by everyone, or a link."""
    leftover = tmp_path / f".secret.{threading.get_native_id()}.part"
    leftover.write_text("old", encoding="utf-8")
    leftover.chmod(0o666)
    write_whole(tmp_path / "secret", "x", 0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's", encoding="utf-8")
    leftover.symlink_to(elsewhere)
    write_whole(tmp_path / "secret", "y", 0o600)
    assert elsewhere.read_text(encoding="utf-8") == "somebody's"
    assert names(tmp_path) == {"secret", "elsewhere"}


def test_write_whole_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C arrives while the disk is slow."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from sandboxes.host import atomic_write\n"
        "def slow(number): print('writing', flush=True); import time; time.sleep(60)\n"
        "os.fsync = slow\n"
        "atomic_write.write_whole(Path(sys.argv[1]), 'new')\n"
    )
    write_whole(tmp_path / "file", "old")
    running = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "file"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    with running:
        assert running.stdout is not None and running.stdout.readline() == "writing\n"
        assert len(names(tmp_path)) == 2
        running.send_signal(signal.SIGINT)
    assert names(tmp_path) == {"file"}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_write_whole_in_several_threads_writes_one_of_the_texts(tmp_path: Path) -> None:
    texts = [str(number) * 20_000 for number in range(8)]
    with ThreadPoolExecutor(len(texts)) as pool:
        for _ in range(5):
            list(pool.map(lambda text: write_whole(tmp_path / "file", text), texts))
            assert (tmp_path / "file").read_text(encoding="utf-8") in texts
    assert names(tmp_path) == {"file"}
