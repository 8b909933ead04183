"""Takes out of a connector what is there for the pace of its vendor only, so that no sandbox is waited for.

Limits and requests at once say how fast a vendor wants to be asked, not what it answers. They are not proved
here; tests of their own do that (docs/connectors/limits.md). Everything else of the files stays as it is.
"""

from __future__ import annotations

import json

from sluice.connector.limits import WHOLE_MAP, limits_in_force
from sluice.connector.spec import Connector
from sluice.model.yaml_document import read_yaml
from sluice.registry.packages import Files

LIMITS, CONCURRENCY = "limits", "concurrency"


def pace_of(connector: Connector) -> tuple[str, ...]:
    """Return in words what is taken out: ``60 requests in 60 s``; empty where the connector names nothing."""
    return tuple(str(limit) for limit in limits_in_force(connector.limits, connector.concurrency))


def without_pace(files: Files, connector: str) -> Files:
    """Return the connector's files without its limits, and with all the streams at once that a run reads.

    They are the very same files where nothing is taken out. Raises ConfigurationInvalid if they are no YAML.
    """
    path = f"connectors/{connector}/connector.yaml"
    value = read_yaml(files[path], path).value
    paced = {name for name in (LIMITS, CONCURRENCY) if _sets_a_pace(name, value.get(name))}
    if not paced:
        return files
    kept = {name: part for name, part in value.items() if name not in paced}
    # JSON is YAML too, and comes back as it went in.
    return {**files, path: json.dumps(kept, ensure_ascii=False).encode()}


def _sets_a_pace(name: str, given: object) -> bool:
    return isinstance(given, int) and given < WHOLE_MAP if name == CONCURRENCY else bool(given)
