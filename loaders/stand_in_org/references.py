"""References from one subrequest to the answer of an earlier one: `@{account.id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"@\{([A-Za-z0-9]\w*)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class Unresolved(Exception):
    """A reference names an answer that is not there, or a value that it does not have."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__(f"Invalid reference specified. No value for {path} found in {name}")


def resolve(value: object, answers: Mapping[str, object]) -> object:
    """
    Put the referenced values into a text, or into all texts of a body.

    Raises:
        Unresolved: in the words of the original.

    """
    if isinstance(value, dict):
        return {name: resolve(inner, answers) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolve(inner, answers) for inner in value]
    if isinstance(value, str):
        return resolve_text(value, answers)
    return value


def resolve_text(text: str, answers: Mapping[str, object]) -> str:
    """
    Put the referenced values into a text.

    Raises:
        Unresolved: in the words of the original.

    """
    return _REFERENCE.sub(lambda found: _text(_value(found[1], found[2], answers)), text)


def _value(name: str, path: str, answers: Mapping[str, object]) -> object:
    value = answers.get(name)
    for key, index in _STEP.findall(path):
        if key and isinstance(value, dict):
            value = value.get(key)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    if value is None or isinstance(value, dict | list):
        raise Unresolved(f"{name}{path}", name)
    return value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
