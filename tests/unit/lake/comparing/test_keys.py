from __future__ import annotations

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.lake.comparing.fields import OWN, comparable
from sluice.lake.comparing.keys import DEFAULTS, WITHOUT, key_of
from tests.unit.lake.small_lake import SCHEMAS


@pytest.mark.parametrize("entity", SCHEMAS)
def test_every_entity_has_a_default_key_or_a_reason_why_not(entity: str) -> None:
    assert (entity in DEFAULTS) != (entity in WITHOUT)
    if entity in DEFAULTS:
        assert key_of(entity, SCHEMAS[entity]).reason
    else:
        with pytest.raises(ConfigurationInvalid, match=r"right would be --by"):
            key_of(entity, SCHEMAS[entity])


@pytest.mark.parametrize("field", ["id", "account_manager_id", "postal_address", "extensions", "nonsense"])
def test_a_key_is_a_scalar_that_two_connections_can_share(field: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=field):
        key_of("customer", SCHEMAS["customer"], (field,))


@pytest.mark.parametrize("entity", SCHEMAS)
def test_what_is_an_erps_own_is_not_compared(entity: str) -> None:
    schema = SCHEMAS[entity]
    names = {field.name.partition(".")[0] for field in comparable(schema)}
    assert names
    assert not names & OWN
    assert not any("x-reference" in schema["properties"][name] for name in names)
    assert not any("array" in schema["properties"][name].get("type", ()) for name in names)


def test_an_address_means_all_its_fields_and_one_may_be_asked_for() -> None:
    schema = SCHEMAS["customer"]
    whole = {field.name for field in comparable(schema, ("postal_address",))}
    assert whole == {
        f"postal_address.{part}" for part in ("line_1", "line_2", "postal_code", "city", "region", "country")
    }
    assert [field.name for field in comparable(schema, ("postal_address.city", "name"))] == [
        "name",
        "postal_address.city",
    ]


@pytest.mark.parametrize(
    "field", ["source_id", "department_id", "updated_at", "postal_address.planet", "nam"]
)
def test_a_field_that_cannot_be_compared_is_refused(field: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=field):
        comparable(SCHEMAS["customer"], (field,))
