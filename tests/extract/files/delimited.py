"""Files that tests make up, with the truth about each line of them."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from pathlib import Path

HEADER = b"PatNr,LastName,Zip,Born,Phone,Note,Amount\n"
NAMES = ("Müller", "O'Neill", "Smith", "Öztürk", "García", "Lee")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a file holds: so many whole rows, and the damaged lines with their reason."""

    rows: int
    damaged: dict[int, str]


def write_damaged_csv(path: Path, *, size: int, seed: int = 7, damage: float = 0.05) -> Truth:
    """Write a file of a given size, of which a share of the lines is damaged in five ways."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    damaged: dict[int, str] = {}
    line, written, number = 2, len(HEADER), 0
    with path.open("wb") as file:
        file.write(HEADER)
        while written < size:
            number += 1
            row = made_up(number, chance)
            if chance.random() < damage:
                row, damaged[line] = spoiled(row, chance)
            file.write(row + b"\n")
            written += len(row) + 1
            line += 1 + row.count(b"\n")
    return Truth(number - len(damaged), damaged)


def whole_rows(path: Path, truth: Truth) -> list[list[str]]:
    """Read the rows that are not damaged with the standard library's reader."""
    lines = path.read_bytes().split(b"\n")
    kept = [line for number, line in enumerate(lines, 1) if number not in truth.damaged]
    text = b"\n".join(kept[1:]).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def made_up(number: int, chance: random.Random) -> bytes:
    note = chance.choice(
        [
            '"seen, no change"',
            f'"first line\nsecond, line {number}\r\n\nsaid ""well"""',
            "fine",
            '5" scar',
            "",
            "NULL",
        ]
    )
    born = f"19{chance.randrange(10, 99)}-0{chance.randrange(1, 9)}-1{chance.randrange(9)}"
    return (
        f"{number:09d},{chance.choice(NAMES)},{chance.randrange(100000):05d},{born},"
        f"617-555-{chance.randrange(10000):04d},{note},{chance.randrange(100000) / 100:.2f}"
    ).encode()


def spoiled(row: bytes, chance: random.Random) -> tuple[bytes, str]:
    plain = row.split(b"\n")[0].replace(b'"', b"")
    fields = plain.split(b",")
    whole = b",".join([*fields[:5], b"note", b"1.00"])
    return chance.choice(
        [
            (b",".join(fields[:4]), "too_few_fields"),
            (whole + b",extra,", "too_many_fields"),
            (whole.replace(b",617", b',"617', 1), "unclosed_quote"),
            (whole.replace(b",617", b",\xff\xfe7", 1), "undecodable_bytes"),
            (whole.replace(b"-555-", b"\0", 1), "nul_byte"),
            (whole.replace(b",617-", b',"617"-', 1), "misplaced_quote"),
        ]
    )
