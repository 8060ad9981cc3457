"""XML read safely: no document type, no entities, and every element knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

# Deeper nesting is no document of ours, and recursion over it would not end well.
_DEEPEST = 100


class BadXml(Exception):
    """Why a text is not XML that this org reads, and where it stops being it."""

    def __init__(self, words: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(words)
        self.line = line
        self.column = column


class Placed(ElementTree.Element):
    """An element with the line and the column behind its start tag, as deploy messages give it."""

    line: int = 0
    column: int = 0


@dataclass(slots=True)
class _Builder:
    body: bytes
    parser: expat.XMLParserType = field(init=False)
    open: list[Placed] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    root: Placed | None = None

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.pieces.append

    def _refuse_type(self, *_: object) -> None:
        raise BadXml("DOCTYPE is not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        element = Placed(_curly(name), {_curly(key): text for key, text in attributes.items()})
        element.line = self.parser.CurrentLineNumber
        start = self.parser.CurrentByteIndex
        length = self.body.find(b">", start) - start + 1
        element.column = self.parser.CurrentColumnNumber + length + 1
        if self.open:
            self.open[-1].append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)
        if len(self.open) > _DEEPEST:
            raise BadXml("The document is nested too deeply")

    def _end(self, _: str) -> None:
        self._flush()
        self.open.pop()

    def _flush(self) -> None:
        """Hang the text since the last tag where it belongs."""
        text = "".join(self.pieces) or None
        self.pieces.clear()
        if self.open:
            last = self.open[-1]
            if len(last):
                last[-1].tail = text
            else:
                last.text = text


def _curly(name: str) -> str:
    """Give a name as ElementTree writes it: {namespace}local."""
    return "{" + name if "}" in name else name


def read_xml(body: bytes) -> ElementTree.Element:
    """
    Read a document.

    A document type is refused, whatever its encoding hides it in, so there are no entities to
    expand and nothing outside the text is ever read.

    Raises:
        BadXml: it is not well-formed, declares a document type, or is nested too deeply.

    """
    builder = _Builder(body)
    try:
        builder.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise BadXml(str(error), line=error.lineno, column=error.offset + 1) from error
    if builder.root is None:
        raise BadXml("no element found")
    return builder.root


def local(element: ElementTree.Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child_text(element: ElementTree.Element | None, name: str) -> str | None:
    """Give the text of a child whatever its namespace; none when it is missing or empty."""
    if element is None:
        return None
    found = next((child for child in element if local(child) == name), None)
    return None if found is None else (found.text or "").strip() or None
