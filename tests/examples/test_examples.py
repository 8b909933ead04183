"""Every mapping's example: raw records beside the canonical records that must come out of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sluice.bootstrap.documents import catalog
from sluice.model import erp_json

ROOT = Path(__file__).parents[2]
MODEL = catalog().canonical
INPUTS = sorted(
    path for path in Path(__file__).parent.glob("*/*.json") if not path.name.endswith(".out.json")
)


def golden_of(path: Path) -> Path:
    """Return the expected file: in the folder ``out`` where a connector has one, else beside the input."""
    out = path.parent / "out"
    return out / path.name if out.is_dir() else path.with_suffix(".out.json")


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_records_become_what_the_expected_file_says(path: Path, update_goldens: bool) -> None:
    mapper = catalog().mapper(path.parent.name, path.stem)
    mapped = [mapper.map(record, "acme") for record in erp_json.read(path.read_bytes())]
    assert [fault for one in mapped for fault in one.faults] == []
    data = [one.data for one in mapped]
    assert [list(MODEL.entity(mapper.entity).errors(one)) for one in data] == [[]] * len(data)
    golden = golden_of(path)
    if update_goldens:
        golden.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    assert data == json.loads(golden.read_text())


def test_every_mapping_has_an_example() -> None:
    mappings = {path.parent.name + "/" + path.stem for path in (ROOT / "transformers").glob("*/*.yaml")}
    examples = {path.parent.name + "/" + path.stem for path in INPUTS}
    assert mappings - examples == set()
