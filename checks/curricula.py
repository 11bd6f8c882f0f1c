"""The curricula of the CNCF's exams as data, and what the labs of the course cover of them."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checks.model import Lab, Objective

FILE = Path(__file__).with_name("curricula.toml")


@dataclass(frozen=True)
class Competency:
    """One competency of an exam: its code ("ckad/probes") and its official name."""

    code: str
    name: str


@dataclass(frozen=True)
class Domain:
    """A domain of an exam. `weight` is its share of the exam, in percent."""

    title: str
    weight: int
    competencies: tuple[Competency, ...]


@dataclass(frozen=True)
class Curriculum:
    """The curriculum of an exam. `id` is the first part of its codes, and its short name in lower case."""

    id: str
    title: str
    version: str
    domains: tuple[Domain, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all its competencies, in the order of the curriculum."""
        return tuple(competency.code for domain in self.domains for competency in domain.competencies)

    def share(self, covered: Collection[str]) -> "Share":
        """Return how many of the competencies are among the codes `covered`."""
        return Share(self.id.upper(), sum(code in covered for code in self.codes), len(self.codes))

    def weighted(self, covered: Collection[str]) -> float:
        """Return the share of the exam that the codes `covered` make up, in percent: each domain by its weight."""
        parts = (
            domain.weight * sum(competency.code in covered for competency in domain.competencies) / len(domain.competencies)
            for domain in self.domains
        )
        return sum(parts)


@dataclass(frozen=True)
class Share:
    """How many of an exam's competencies: “CKAD 5 of 24”."""

    exam: str
    covered: int
    total: int

    def __str__(self) -> str:
        return f"{self.exam} {self.covered} of {self.total}"


@cache
def read() -> tuple[Curriculum, ...]:
    """Return the curricula in the order of `curricula.toml`."""
    exams = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Curriculum(id, exam["title"], exam["version"], tuple(_domain(id, domain) for domain in exam["domains"]))
        for id, exam in exams.items()
    )


def _domain(exam: str, data: Mapping[str, object]) -> Domain:
    names = dict(data["competencies"])
    competencies = tuple(Competency(f"{exam}/{name}", words) for name, words in names.items())
    return Domain(str(data["title"]), int(str(data["weight"])), competencies)


@cache
def codes() -> frozenset[str]:
    """Return the codes of all curricula."""
    return frozenset(code for curriculum in read() for code in curriculum.codes)


def teaching(code: str, labs: Iterable[Lab]) -> list[tuple[Lab, Objective]]:
    """Return the objectives of the labs that cover a competency, in the order of the labs."""
    return [(lab, objective) for lab in labs for objective in lab.objectives if code in objective.competencies]


def covered(labs: Iterable[Lab]) -> frozenset[str]:
    """Return the codes that the labs cover."""
    return frozenset(code for lab in labs for objective in lab.objectives for code in objective.competencies)


def shown(labs: Iterable[Lab], passed: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return the codes that a learner has shown: those of objectives whose checks have all passed.

    `passed` maps the id of a lab to the ids of its checks that have passed.
    """
    return frozenset(
        code
        for lab in labs
        for objective in lab.objectives
        if set(objective.checks) <= set(passed.get(lab.id, ()))
        for code in objective.competencies
    )


def shares(codes: Collection[str]) -> tuple[Share, ...]:
    """Return the share of each exam that the codes make up."""
    return tuple(curriculum.share(codes) for curriculum in read())
