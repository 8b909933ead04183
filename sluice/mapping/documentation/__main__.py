"""Writes the generated documents of the repository that it is run in: ``python -m sluice.mapping.documentation``."""

from __future__ import annotations

from pathlib import Path

from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.documentation import asyncapi, functions_page, model_page


def pages(model: CanonicalModel) -> dict[str, str]:
    """Return every generated document by its path."""
    return {
        functions_page.NAME: functions_page.functions_page(),
        model_page.NAME: model_page.model_page(model),
        asyncapi.NAME: asyncapi.asyncapi_page(model),
    }
