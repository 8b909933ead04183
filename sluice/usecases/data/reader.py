"""The lake for who asks it again and again: its files are fetched once, its databases stay open.

A database is opened anew when the lake's files have changed. The folder is this process's own, so that nobody
else removes what is open here; what a killed process left behind is removed by the next.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from sluice.lake.database import Contents, Limits, open_lake
from sluice.lake.layout import LakeFile
from sluice.lake.presence import Database
from sluice.lake.views import View
from sluice.registry.catalog import Catalog
from sluice.usecases.data.copying import lake_files
from sluice.usecases.data.scratch import scratch_folder
from sluice.usecases.world import World

_OPEN = 32
"""Databases that stay open: each entity's two views, and a few of several; one that is idle takes 5 MB."""
_KEPT = 2
"""Results that stay with a database: what was compared or matched last, while people leaf through it."""

Result = TypeVar("Result")


class OpenLake(Struct):
    """An open database, its folder, and results that hold as long as its files do."""

    database: Database
    folder: Path
    files: Sequence[LakeFile]
    _kept: OrderedDict[Any, tuple[Any, ExitStack]] = field(default_factory=OrderedDict)

    def kept(self, key: Any, make: Callable[[ExitStack], Result]) -> Result:
        """Return what ``make`` returned for this key before, or now; its stack ends with it."""
        if key not in self._kept:
            with ExitStack() as stack:
                made = make(stack)
                self._kept[key] = made, stack.pop_all()
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)[1][1].close()
        self._kept.move_to_end(key)
        found: Result = self._kept[key][0]
        return found

    def close(self) -> None:
        """Drop the results and close the database."""
        while self._kept:
            self._kept.popitem()[1][1].close()
        self.database.close()


class LakeReader:
    """Opens the lake's views; for one thread. Close it in the end, with the folder of its files."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: OrderedDict[frozenset[View], OpenLake] = OrderedDict()
        self._stack = ExitStack()
        self._folder = self._stack.enter_context(scratch_folder("reading-")) / "lake"

    @contextmanager
    def opened(self, world: World, views: Sequence[View]) -> Iterator[OpenLake]:
        """Give a database with these views of the world's lake; raises LakeUnsettled, and what stores do."""
        with lake_files(world.objects, self._folder, views) as files:
            yield self._of(world.catalog, frozenset(views), files)

    @contextmanager
    def opened_each(self, world: World, views: Sequence[View]) -> Iterator[Iterator[tuple[View, OpenLake]]]:
        """Give the views with a database for each; the lake's files are listed once for all of them."""
        with lake_files(world.objects, self._folder, views) as files:
            yield (
                (view, self._of(world.catalog, frozenset([view]), tuple(filter(view.takes, files))))
                for view in views
            )

    def close(self) -> None:
        """Close every database and remove the files."""
        while self._open:
            self._open.popitem()[1].close()
        self._stack.close()

    def _of(self, catalog: Catalog, views: frozenset[View], files: Sequence[LakeFile]) -> OpenLake:
        found = self._open.pop(views, None)
        if found is not None and found.files != files:
            found.close()
            found = None
        if found is None:
            contents = Contents(sorted(views), files)
            database = open_lake(self._folder, schemas_of(catalog), contents, self._limits)
            found = OpenLake(database, self._folder, files)
        self._open[views] = found
        while len(self._open) > _OPEN:
            self._open.popitem(last=False)[1].close()
        return found


def schemas_of(catalog: Catalog) -> Mapping[str, Mapping[str, Any]]:
    """Return the canonical schema of each entity, by its name."""
    return {name: catalog.canonical.entity(name).schema for name in catalog.canonical.names()}
