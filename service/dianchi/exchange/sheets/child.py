"""A process that reads one file and tells its rows: what a file does to it harms nobody else.

Its standard output has one JSON value per line: what the table is, then its rows, then how many;
or, in place of the rest, why it is not read.
"""

import resource
import sys
from pathlib import Path
from typing import Final

import msgspec

from dianchi.domain.refusals import Refused
from dianchi.exchange.national.profiles import NEWEST, PROFILES
from dianchi.exchange.national.reading import Form
from dianchi.exchange.national.reports import reports_of
from dianchi.exchange.sheets.faults import suspicious, too_many_rows
from dianchi.exchange.sheets.mapping import is_known
from dianchi.exchange.sheets.reading import MOST_ROWS, open_table

MOST_MEMORY: Final = 3 * 1024**3
"""Bytes of address space; a sheet of a million rows of twelve columns takes about one."""
MOST_CPU_S: Final = 180
_encode: Final = msgspec.json.Encoder(enc_hook=str).encode


def main(path: str, name: str, role: str = "") -> None:
    """Tells the rows of a file; with a role, those that the national form makes for it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    try:
        if role:
            _tell_form(Path(path), name, role)
        else:
            _tell(Path(path), name)
    except Refused as refused:
        _say({"refused": [_fault_json(fault) for fault in refused.faults]})
    except MemoryError:
        told = suspicious(("内容展开后过大", "unpacked it is too large"))
        _say({"refused": [_fault_json(fault) for fault in told.faults]})
    sys.stdout.flush()


def _tell(path: Path, name: str) -> None:
    kind, table = open_table(path, name, is_known)
    _say(
        {
            "format": kind.value,
            "sheet": table.sheet,
            "columns": table.header.columns,
            "left": table.left,
            "others": table.others,
            "mark": table.mark,
        }
    )
    count = 0
    for number, cells in table.rows:
        _say([number, cells])
        count += 1
    _say({"rows": count})


def _tell_form(path: Path, name: str, role: str) -> None:
    """Each report with its place in the nesting, or what is wrong there."""
    columns = ["report", "pointer"]
    _say(
        {"format": "national", "sheet": name, "columns": columns, "left": 0}
        | {"others": [], "mark": []}
    )
    count = 0
    with path.open("rb") as file:
        for made in reports_of(Form(file, PROFILES[NEWEST].members), role):
            count += 1
            if count > MOST_ROWS:
                raise too_many_rows(MOST_ROWS)
            told = made.report or {"faults": [_fault_json(fault) for fault in made.faults]}
            _say([count, [_encode(told).decode(), made.pointer]])
    _say({"rows": count})


def _fault_json(fault: object) -> object:
    return msgspec.to_builtins(fault, enc_hook=str)


def _say(value: object) -> None:
    sys.stdout.buffer.write(_encode(value))
    sys.stdout.buffer.write(b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
