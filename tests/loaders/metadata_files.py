"""Metadata files as values, so that two can be compared without their white space."""

from __future__ import annotations

from lxml import etree


def said(element: etree._Element) -> tuple[str, str, list[object]]:
    """Give an element as nested values: names, texts, children in their order."""
    text = (element.text or "").strip()
    return etree.QName(element).localname, text, [said(child) for child in element]
