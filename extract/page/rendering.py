"""Renders a page from a package's own template and the parts that all pages share."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from extract.page.wording import counted, entity, number, percent, verb


def render(template: str, *, package: str, **told: object) -> str:
    """Render a page that needs nothing but itself; equal facts give equal bytes."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, "."), PackageLoader("extract.page", ".")]),
        autoescape=template.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number, "entity": entity}
    environment.globals |= {"counted": counted, "percent": percent, "verb": verb}
    return environment.get_template(template).render(**told)
