"""Programs for Linux: whether one is static, or which loader it asks for, and for which CPU it is.

Source: the ELF specification, its chapters on the file header and the program header.
"""

import struct

MAGIC = b"\x7fELF"
INTERPRETER = 3  # the type PT_INTERP
# Where in the header stand the table's place (offset, format) and the size and number of its entries; where in an entry
# the segment's place and length. For 32 and 64 bits.
LAYOUTS = {1: ((28, "I"), (42, "HH"), (4, "I"), (16, "I")), 2: ((32, "Q"), (54, "HH"), (8, "Q"), (32, "Q"))}
ORDERS = {1: "<", 2: ">"}
# Where the header has the CPU architecture, and what images call the usual ones.
MACHINE = 18
MACHINES = {3: "386", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64"}


def interpreter(head: bytes) -> str | None:
    """The path of the loader that a program asks for, from the first bytes of its file.

    Empty for a static program, None for what is no ELF file or a damaged one.
    """
    if len(head) < 6 or head[:4] != MAGIC or head[4] not in LAYOUTS or head[5] not in ORDERS:
        return None
    table, entries, place, length = LAYOUTS[head[4]]
    order = ORDERS[head[5]]
    try:
        (start,) = struct.unpack_from(order + table[1], head, table[0])
        size, count = struct.unpack_from(order + entries[1], head, entries[0])
        for at in range(start, start + size * count, size or 1):
            if struct.unpack_from(order + "I", head, at)[0] == INTERPRETER:
                (begin,) = struct.unpack_from(order + place[1], head, at + place[0])
                (number,) = struct.unpack_from(order + length[1], head, at + length[0])
                return head[begin : begin + number].rstrip(b"\0").decode("utf-8", errors="replace")
    except struct.error:
        return None
    return ""


def machine(head: bytes) -> str | None:
    """The CPU architecture that a program is for, as images name it, such as "arm64"; None for what is no ELF file."""
    if len(head) < MACHINE + 2 or head[:4] != MAGIC or head[5] not in ORDERS:
        return None
    (number,) = struct.unpack_from(ORDERS[head[5]] + "H", head, MACHINE)
    return MACHINES.get(number, f"machine {number}")
