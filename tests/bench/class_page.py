"""How fast the page of a large class opens and filters in Chromium, and how fast feedback pages are written.

`python tests/bench/class_page.py --learners 1000` writes the page of 1,000 learners and every lab, made of the labs' recordings,
and opens it. The goals: it opens in less than a second, and filters in less than 100 ms. The feedback pages are those of
`--pages` learners with evidence for every lab. The goal: 1,000 of them in 30 s.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from shutil import which

from classroom import cases, computing, grade, make

from checks import catalog, registry
from checks.classroom import class_page, packed_criteria, pages, results
from checks.classroom import folder as class_folder
from checks.classroom.difficulties import difficulties
from checks.classroom.records import Grade, GradeOutcome, criteria_of
from checks.classroom.store import NewGrade, open_store
from checks.dev import replay
from checks.dev.paths import places
from checks.evaluate import evaluate
from checks.version import __version__
from sandboxes import settings

RUNS = 7
WORDS = ("l0", "learner l00", "7", "l0999", "nothing like it")
# From the event to the next frame that the browser has painted.
FILTER = """async word => {
  const box = document.getElementById("filter"), begun = performance.now();
  box.value = word;
  box.dispatchEvent(new Event("input"));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begun;
}"""
OPENED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as place:
        page = class_of(Path(place) / "large", arguments.learners)
        opened, filtered = in_browser(page)
        cells = f"{arguments.learners} learners and {len(catalog.labs())} labs, {page.stat().st_size // 1024} KiB"
        print(f"{cells}: opened in {opened:.0f} ms (goal: 1,000 ms), filtered in {filtered:.0f} ms (goal: 100 ms)")
        print(f"  medians of {RUNS} openings, and of {RUNS * len(WORDS)} words")
        took, computed = feedback(Path(place) / "small", arguments.pages)
    each = took / arguments.pages
    print(
        f"{arguments.pages} feedback pages: {took:.1f} s, of computing {computed:.1f} s; 1,000: {1000 * each:.0f} s (goal: 30 s)"
    )


def class_of(folder: Path, learners: int) -> Path:
    """Write the page of a class in which every learner has a grade in every lab, and return it."""
    ids = [f"l{number:04}" for number in range(learners)]
    cases.classroom(folder, ids, [lab.id for lab in catalog.labs()])
    store = open_store(folder)
    for lab in catalog.labs():
        checks, recordings = registry.load(lab), replay.recordings(lab, places(settings.load()))
        reports = [evaluate(lab, checks, replay.load(recording.path, lab), __version__) for recording in recordings]
        packed = cycle([packed_criteria.pack(criteria_of(report)) for report in reports])
        store.add(NewGrade(new_grade(id, lab.id), criteria, "") for id, criteria in zip(ids, packed, strict=False))
    found = results.load(class_folder.open_class(folder), store)
    page = folder / pages.INDEX
    page.write_text(class_page.page(found, difficulties(found.counted(store.grades()))), encoding="utf-8")
    store.close()
    return page


def new_grade(learner: str, lab: str) -> Grade:
    digest = f"{learner}{lab}".encode().hex().rjust(64, "0")[-64:]
    return Grade(0, learner, lab, cases.NOW, cases.SENT, __version__, f"{lab}-{learner}", digest, GradeOutcome.GRADED)


def in_browser(page: Path) -> tuple[float, float]:
    """Return how long opening the page and filtering it take, in milliseconds."""
    from playwright.sync_api import sync_playwright

    path = which("chromium") or which("google-chrome")
    if path is None:
        sys.exit("No Chromium or Chrome is installed.")
    opened, filtered = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for _ in range(RUNS):
            tab = browser.new_page(viewport={"width": 1400, "height": 900})
            tab.goto(page.as_uri())
            opened.append(tab.evaluate(OPENED))
            filtered += [tab.evaluate(FILTER, word) for word in WORDS]
            tab.close()
        browser.close()
    return statistics.median(opened), statistics.median(filtered)


def feedback(folder: Path, learners: int) -> tuple[float, float]:
    """Return the seconds that the feedback pages of a graded class take, and those of computing."""
    make(folder, learners, [lab.id for lab in catalog.labs()])
    grade(folder)
    store, begun, before = open_store(folder), time.perf_counter(), computing() + time.process_time()
    pages.write(class_folder.open_class(folder), store, folder / pages.FOLDER, lambda done, all: None)
    store.close()
    return time.perf_counter() - begun, computing() + time.process_time() - before


if __name__ == "__main__":
    main()
