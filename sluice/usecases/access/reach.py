"""Whether a deployment reaches the addresses that a connection is given, before anything is sent there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.settings import addresses_of
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.ports.addresses import Addresses


def check_reach(addresses: Addresses | None, connector: Connector, settings: Mapping[str, Any]) -> None:
    """Raise ConfigurationInvalid where an address leads to where nothing may be sent.

    ``settings`` are complete. A name that is not found now is none's business here: whoever sends will tell.
    """
    if addresses is None:
        return
    judged = [(one, addresses.refusal(str(one.url))) for one in addresses_of(connector, settings)]
    faults = list(dict.fromkeys(one.fault(why) for one, why in judged if why))
    if faults:
        raise ConfigurationInvalid(f"the settings do not fit the connector {connector.name!r}", faults)
