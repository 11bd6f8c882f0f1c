"""The site's page on the competencies of the CNCF's exams that the course covers, generated from the labs' objectives."""

from collections.abc import Sequence
from html import escape

from checks import curricula
from checks.curricula import Curriculum, Domain
from checks.model import Lab

PATH = "coverage.md"
NOT_YET = "not covered"
FIRST = """---
title: Exams
description: Which competencies of the CKAD and CKA exams the labs cover.
---

# What the course covers of CKAD and CKA

The Cloud Native Computing Foundation publishes the
[competencies of its exams](https://github.com/cncf/curriculum). The tables show the labs in which you practice each of
them. A competency is listed as covered only if a lab teaches it and checks the result on your cluster.
{ .lead }"""
LAST = """## Your own share

`./slipway list` shows how many of these competencies you have shown yourself. A competency counts when all checks behind one
of its objectives have passed.

An exam also tests your speed: you solve about 16 tasks in two hours, in a terminal, with only the documentation at hand."""


def page(labs: Sequence[Lab]) -> str:
    """Return the page: a table for each domain of each exam."""
    covered = curricula.covered(labs)
    parts = [FIRST]
    for curriculum in curricula.read():
        parts.append(_head(curriculum, covered))
        parts += [_domain(domain, labs) for domain in curriculum.domains]
    return "\n\n".join([*parts, LAST]) + "\n"


def _head(curriculum: Curriculum, covered: frozenset[str]) -> str:
    share = curriculum.share(covered)
    return (
        f"## {curriculum.title}\n\n"
        f"**{share.covered} of {share.total} competencies**, version {curriculum.version} of the curriculum. "
        f"Weighted by the domains’ shares of the exam, that is {curriculum.weighted(covered):.0f} %."
    )


def _domain(domain: Domain, labs: Sequence[Lab]) -> str:
    rows = [f"### {domain.title}, {domain.weight} %", "", "| competency | labs |", "| --- | --- |"]
    for competency in domain.competencies:
        # A lab may cover a competency with several of its objectives.
        teaching = dict.fromkeys(lab.id for lab, _ in curricula.teaching(competency.code, labs))
        links = ", ".join(f"[{id}](labs/{id}.md)" for id in teaching)
        rows.append(f"| {escape(competency.name, quote=False)} | {links or NOT_YET} |")
    return "\n".join(rows)
