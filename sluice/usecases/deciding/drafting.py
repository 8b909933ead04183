"""Drafts a connector from a description that a person hands in: its files, and what is left to decide.

Nothing is stored: the files go back to be looked at, and come again to be registered.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sluice.description.read import read_description
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.kit.draft import Wanted, draft
from sluice.kit.notes_page import LEFT_OUT, notes_page
from sluice.ports.documents import Documents
from sluice.registry.catalog import Catalog, faults_of

FORMS = ("OpenAPI", "OData")
"""Beginnings of the names of the forms that a draft is made from."""


class Drafted(Struct, frozen=True):
    """``files`` by path, the notes among them; ``faults`` say what they lack to be registered.

    ``questions`` are what a person has to look up or decide, ``decided`` what was decided and why: each with
    the file's name (``customer.yaml``). ``left_out`` are lists that no stream was made of.
    """

    files: Mapping[str, str]
    streams: tuple[str, ...]
    form: str
    questions: tuple[tuple[str, str], ...]
    decided: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]


def draft_from(catalog: Catalog, documents: Documents, description: bytes, wanted: Wanted) -> Drafted:
    """Return what can be made of an OpenAPI or OData description; raises ConfigurationInvalid.

    It does so where it is neither of them, describes no list that is recognised, or where there is a
    connector of that name already.
    """
    if wanted.name in catalog.names():
        message = f"there is a connector {wanted.name} already; right would be another name"
        raise ConfigurationInvalid(message, [Fault("connector_exists", "/name", message)])
    read = read_description(description)
    if not read.form.startswith(FORMS):
        message = f"the description is {read.form}; right would be {' or '.join(FORMS)}"
        raise ConfigurationInvalid(message, [Fault("other_form", "/description", message)])
    made = draft(read, documents, wanted)
    tried = catalog.with_files(wanted.name, {path: text.encode() for path, text in made.files.items()})
    notes = {f"connectors/{wanted.name}/NOTES.md": notes_page(wanted.name, read, made.notes)}
    return Drafted(
        files={**made.files, **notes},
        streams=tuple(made.streams),
        form=" ".join(part for part in (read.form, read.version) if part),
        questions=tuple(made.notes.open),
        decided=tuple(one for one in made.notes.decided if one[0] != LEFT_OUT),
        left_out=tuple(what for where, what in made.notes.decided if where == LEFT_OUT),
        faults=tuple(faults_of(tried, wanted.name)),
    )
