"""Whether a program is static: heads of real programs, and headers of the other classes made by the specification."""

import struct

import pytest
import render_cases as cases

from checks.probes import elf

LOADER = b"/lib/ld.so.1\0"


def made(wide: bool, order: str, interpreter: bool) -> bytes:
    """An ELF head with two program headers, the second one PT_INTERP or PT_NOTE."""
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    header, entry = (64, 56) if wide else (52, 32)
    kind, place = 3 if interpreter else 4, header + 2 * entry
    if wide:
        rest = struct.pack(order + "HHIQQQIHHHHHH", 2, 62, 1, 0, header, 0, 0, header, entry, 2, 0, 0, 0)
        load = struct.pack(order + "IIQQQQQQ", 1, 5, 0, 0, 0, 0, 0, 0)
        second = struct.pack(order + "IIQQQQQQ", kind, 4, place, 0, 0, len(LOADER), len(LOADER), 1)
    else:
        rest = struct.pack(order + "HHIIIIIHHHHHH", 2, 3, 1, 0, header, 0, 0, header, entry, 2, 0, 0, 0)
        load = struct.pack(order + "IIIIIIII", 1, 0, 0, 0, 0, 0, 5, 0)
        second = struct.pack(order + "IIIIIIII", kind, place, 0, 0, len(LOADER), len(LOADER), 4, 1)
    return ident + rest + load + second + LOADER


@pytest.mark.parametrize(("name", "loader"), [("static", ""), ("dynamic", "/lib64/ld-linux-x86-64.so.2")])
def test_real_programs(name: str, loader: str) -> None:
    assert elf.interpreter((cases.DATA / f"{name}.elf-head").read_bytes()) == loader


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_class_and_byte_order(wide: bool, order: str) -> None:
    assert elf.interpreter(made(wide, order, True)) == "/lib/ld.so.1"
    assert elf.interpreter(made(wide, order, False)) == ""


@pytest.mark.parametrize("head", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF\x09\x01", made(True, "<", True)[:70]])
def test_other_files_and_damaged_ones_are_no_programs(head: bytes) -> None:
    assert elf.interpreter(head) is None
