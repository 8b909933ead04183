"""The lake as commands get it: copied to this machine as far as they need it, and open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from sluice.cli.reach import Reach
from sluice.cli.words import say
from sluice.lake.database import Contents, open_lake
from sluice.lake.presence import Database
from sluice.lake.views import View
from sluice.usecases.data.copying import Progress, lake_files

_TELL_EVERY = 50
"""Files after which a person is told again; a compacted lake has fewer altogether."""


class OpenLake(Struct, frozen=True):
    """An open database, and the folder that it reads."""

    database: Database
    folder: Path


@contextmanager
def opened(reach: Reach, views: Sequence[View]) -> Iterator[OpenLake]:
    """Give a database with these views of the deployment's lake; its files stay for the next time."""
    world = reach.deployment.world
    folder = lake_folder(reach)
    schemas = canonical_schemas(reach)
    with lake_files(world.objects, folder, views, _told) as files:
        database = open_lake(folder, schemas, Contents(views, files))
        with closing(database):
            yield OpenLake(database, folder)


def lake_folder(reach: Reach) -> Path:
    """Return where this machine keeps its copy of the deployment's lake."""
    return reach.home / "lake" / reach.settings.stage


def canonical_schemas(reach: Reach) -> Mapping[str, Mapping[str, Any]]:
    """Return the canonical schema of each entity, by its name."""
    canonical = reach.deployment.world.catalog.canonical
    return {name: canonical.entity(name).schema for name in canonical.names()}


def _told(progress: Progress) -> None:
    if progress.fetched == progress.wanted or progress.fetched % _TELL_EVERY == 0:
        say(f"{progress.fetched} of {progress.wanted} files of the lake fetched")
