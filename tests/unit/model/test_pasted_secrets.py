"""Which texts look like a credential; none of the repository's own connectors does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sluice.model.pasted_secrets import HIDDEN, hidden, kind_of
from sluice.model.schema_faults import in_words

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(path for name in ("connectors", "transformers") for path in (ROOT / name).glob("*/*.yaml"))
KEY = "AKIA" + "Q7" * 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Authorization: Bearer",
        "https://api.businesscentral.dynamics.com/v2.0/production/api/v2.0/companies",
        "/sap/opu/odata/sap/API_ENTERPRISE_PROJECT_SRV;v=0002/A_EnterpriseProject",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "supplierInvoiceDocumentNumber2026WithManyWords",
        "2026-11-21T12:00:00.000000Z",
        "12345678901234567890123456789012",
        "a" * 5000,
    ],
)
def test_what_is_no_credential(text: str) -> None:
    assert kind_of(text) == ""
    assert hidden(text) == text


def test_no_file_of_the_repositorys_connectors_looks_like_one() -> None:
    assert len(FILES) > 300
    assert {str(path): kind for path in FILES if (kind := kind_of(path.read_text("utf-8")))} == {}


def test_it_is_hidden_wherever_it_stands() -> None:
    assert hidden(f"a {KEY}, b") == f"a {HIDDEN}, b"
    assert hidden("https://kari:hunter2@erp.example/x") == f"https://{HIDDEN}@erp.example/x"
    assert in_words(f"key={KEY}") == f"a text of {len(KEY) + 4} characters that holds an AWS access key"
    assert in_words("name") == "the text 'name'"


@pytest.mark.parametrize("text", ["a", "a://", "bearer ", "eyJ", "aA1/", "x:y@", "ghp_", "://a:" * 2])
def test_it_is_looked_for_in_little_time(text: str) -> None:
    began = time.monotonic()
    long = text * (500_000 // len(text))
    kind_of(long)
    hidden(long)
    assert time.monotonic() - began < 5
