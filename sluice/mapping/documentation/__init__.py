"""Documents that are made from the code and the schemas: the functions, the canonical model, AsyncAPI.

It writes no files: ``pytest tests/examples --update-goldens`` does, and without the switch fails where one
is out of date.
"""

from __future__ import annotations

from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.documentation import asyncapi, functions_page, model_page


def documents(model: CanonicalModel) -> dict[str, str]:
    """Return every generated document's text by its path in the repository."""
    return {
        functions_page.NAME: functions_page.functions_page(),
        model_page.NAME: model_page.model_page(model),
        asyncapi.NAME: asyncapi.asyncapi_page(model),
    }
