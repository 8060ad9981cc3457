"""Metadata elements written as the original writes them: full name first, then by name."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from loaders.stand_in_org.soap import INSTANCE, METADATA
from loaders.stand_in_org.xml_reading import local, read_xml

# Grants stand in the order of what they open; any other list keeps its own order.
_NAMED_BY = {"fieldPermissions": "field", "objectPermissions": "object", "userPermissions": "name"}
_NIL = f"{{{INSTANCE}}}nil"


def plain(element: ElementTree.Element) -> ElementTree.Element:
    """Copy an element without namespaces, layout and order of its own."""
    made = ElementTree.Element(local(element))
    made.attrib.update({key: text for key, text in element.attrib.items() if key == _NIL})
    made.extend(sorted((plain(child) for child in element), key=_place))
    made.text = None if len(element) else (element.text or "").strip() or None
    return made


def _place(element: ElementTree.Element) -> tuple[bool, str, str]:
    name = _NAMED_BY.get(element.tag)
    return element.tag != "fullName", element.tag, (name and element.findtext(name)) or ""


def kept_text(element: ElementTree.Element) -> str:
    """Write an element to be kept; the same content gives the same text."""
    return ElementTree.tostring(plain(element), encoding="unicode")


def from_kept(text: str) -> ElementTree.Element:
    """Read an element that was kept."""
    return read_xml(text.encode("utf-8"))


def leaf(name: str, text: str) -> ElementTree.Element:
    """Make an element that holds a text."""
    made = ElementTree.Element(name)
    made.text = text
    return made


def branch(name: str, *children: ElementTree.Element) -> ElementTree.Element:
    """Make an element that holds others."""
    made = ElementTree.Element(name)
    made.extend(children)
    return made


def written(element: ElementTree.Element, *, indent: str = "") -> str:
    """Write an element and what is in it, a line each."""
    name, nil = element.tag, ' xsi:nil="true"' if _NIL in element.attrib else ""
    if not len(element):
        text = escape(element.text or "")
        return f"{indent}<{name}{nil}>{text}</{name}>\n" if text else f"{indent}<{name}{nil}/>\n"
    inner = "".join(written(child, indent=indent + "    ") for child in element)
    return f"{indent}<{name}>\n{inner}{indent}</{name}>\n"


def file_text(root: ElementTree.Element) -> bytes:
    """Write a whole file."""
    nils = any(_NIL in element.attrib for element in root.iter())
    space = f'xmlns="{METADATA}"' + (f' xmlns:xsi="{INSTANCE}"' if nils else "")
    inner = "".join(written(child, indent="    ") for child in root)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root.tag} {space}>\n{inner}</{root.tag}>\n'
    ).encode()
