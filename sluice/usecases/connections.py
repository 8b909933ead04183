"""Connections as an operator handles them: added, paused, removed, with their schedule and secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.layout import Partition
from sluice.model.connection import Connection
from sluice.model.connection_faults import faults_of
from sluice.model.secret import Secret
from sluice.ports.schedules import Schedules
from sluice.registry.audit import Act
from sluice.registry.contracts import Contracts
from sluice.registry.cursors import Cursors
from sluice.registry.decisions import Decisions
from sluice.registry.fleet import Fleet
from sluice.registry.incidents import Incidents
from sluice.registry.login_turns import LoginTurns
from sluice.registry.overrides import Overrides
from sluice.usecases.access.credentials import (
    credentials_name,
    known_credentials,
    must_be_authorised,
    require_secrets,
    session_name,
)
from sluice.usecases.access.expiry import settings_of_last_days
from sluice.usecases.access.logging_in import nobody_logs_in
from sluice.usecases.access.reach import check_reach
from sluice.usecases.operating.auditing import audited
from sluice.usecases.operating.connectors import connectors_of
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World, iso

REMOVAL = "its removal"
"""Who holds a connection's lease while it is removed, as a run that lost it is told."""

KINDS = ("raw", "receipts", "observed", "quarantine", "snapshots", "contracts")
"""What is stored of a connection: objects under ``<kind>/<connection>/``."""


class ConnectionDesk(Struct, frozen=True):
    """Changes connections in the registry, the secret store and the scheduler together."""

    world: World
    schedules: Schedules

    def faults(
        self, connection: Connection, secrets: Mapping[str, Secret], *, update: bool = False
    ) -> list[Fault]:
        """Return all that is wrong with a connection as :meth:`add` would be given it; nothing is stored.

        Pointers lead into the connection with ``settings`` and ``secrets`` as parts of it. Raises
        ConfigurationInvalid where there is no such connector, or none that is valid.
        """
        connector = self._connector(connection)
        known_secrets = known_credentials(self.world, connection.name) if update else {}
        bundle = {**known_secrets, **secrets}
        steps: list[tuple[str, Callable[[], Any]]] = [
            ("", lambda: _check(connection)),
            ("/settings", lambda: self._settings(connector, connection)),
            ("", lambda: enabled_streams(connection, connector)),
            ("/secrets", lambda: require_secrets(connector, bundle, connection.name)),
        ]
        return [fault for place, step in steps for fault in _faults_of(step, place)]

    def add(
        self,
        connection: Connection,
        secrets: Mapping[str, Secret],
        *,
        update: bool = False,
        expected: int | None = None,
    ) -> Connection:
        """Check everything, then store the connection; raises ConfigurationInvalid, storing nothing.

        Pointers of its faults are as those of :meth:`faults`.
        A new one begins empty: what a removed one of its name left is forgotten first; versions begin above
        those that it published. With ``update`` a connection of that name is replaced; secrets not given
        again are kept. With other settings its streams are read whole next: the old ones say nothing of them.
        ``expected`` is the version of its item that is to be replaced; raises Conflict for another.
        """
        existing = {known.name: known for known in self.world.connections.all()} if update else {}
        replaced = existing.get(connection.name)
        action = "connections.replace" if replaced else "connections.add"
        with audited(self.world, self._act(action, connection.name, replaced)) as outcome:
            added = self._put(connection, secrets, replaced, expected)
            outcome.after = {**added.to_json(), "secrets_given": sorted(secrets)}
        return added

    def _put(
        self,
        connection: Connection,
        secrets: Mapping[str, Secret],
        replaced: Connection | None,
        expected: int | None,
    ) -> Connection:
        connector = self._connector(connection)
        with _within("/settings"):
            settings = self._settings(connector, connection)
        at, life = iso(self.world.clock.now()), replaced.life if replaced else 1
        complete = replace(connection, settings=settings, created_at=at, life=life)
        _check(complete)
        enabled_streams(complete, connector)
        known_secrets = known_credentials(self.world, connection.name) if replaced else {}
        bundle = {**known_secrets, **secrets}
        with _within("/secrets"):
            require_secrets(connector, bundle, connection.name)
        if replaced:
            self._replace(replaced, complete, expected)
        else:
            # The name first: what is stored under a name is forgotten only by whoever owns it.
            complete = self.world.connections.add(complete)
            self._forget(complete)
            self.world.leases.free(complete.name, REMOVAL)
        with nobody_logs_in(self.world, connection.name):
            if bundle:
                self.world.secrets.put(credentials_name(connection.name), bundle)
            self.world.secrets.delete(session_name(connection.name))
        self._schedule(complete)
        return complete

    def _connector(self, connection: Connection) -> Connector:
        """Return its connector; raises ConfigurationInvalid whose faults point at where it is named."""
        try:
            return self.world.connector_of(connection)
        except ConfigurationInvalid as invalid:
            self.world.catalog.require(connection.connector)
            faults = [Fault("invalid_connector", "/connector", str(fault)) for fault in invalid.faults]
            raise ConfigurationInvalid(str(invalid).partition("\n")[0], faults) from invalid

    def _settings(self, connector: Connector, connection: Connection) -> dict[str, Any]:
        """Return the complete settings; raises ConfigurationInvalid, also where an address is refused."""
        settings = complete_settings(connector, connection.settings)
        check_reach(self.world.addresses, connector, settings)
        return settings

    def pause(self, name: str) -> Connection:
        """Stop scheduled and manual runs; a run under way goes on to its end."""
        return self._set_paused(name, paused=True)

    def resume(self, name: str) -> Connection:
        """Let the connection run again, from where it stopped."""
        return self._set_paused(name, paused=False)

    def remove(self, name: str) -> str:
        """Forget the connection, what is known of it and what is stored of its data; again if it broke off.

        What was published stays with consumers, and the list of its runs until it expires. Returns the run
        that was under way, "" where none was: its next step ends with LeaseLost. What its present step still
        stores, and what comes to the lake after this, is forgotten when the name is added again. Raises
        ConfigurationInvalid for an unknown connection.
        """
        connection = self.world.connections.get(name)
        with audited(self.world, self._act("connections.remove", name, connection)) as outcome:
            cut_off = self._remove(connection)
            outcome.after = {"cut_off": cut_off}
        return cut_off

    def _remove(self, connection: Connection) -> str:
        name = connection.name
        self.schedules.delete(name)
        self.world.connections.replace(replace(connection, paused=True))
        cut_off = self.world.leases.seize(name, REMOVAL, self.world.clock.now())
        self._forget(connection)
        # Last, so that a removal that broke off can be repeated.
        self.world.connections.remove(name)
        self.world.leases.free(name, REMOVAL)
        return cut_off

    def show(self, name: str) -> dict[str, Any]:
        """Return the connection with its cursors; of its secrets only the names."""
        connection = self.world.connections.get(name)
        cursors = {
            stream: {
                "watermark": cursor.watermark,
                "committed_at": cursor.committed_at,
                "whole_read_at": cursor.whole_read_at,
                "held": cursor.held,
            }
            for stream, cursor in Cursors(self.world.state, name).all()
        }
        known = known_credentials(self.world, name)
        shown = {**connection.to_json(), "secrets": sorted(known), "cursors": cursors}
        return {**shown, "note": self.note_on(connection)}

    def note_on(self, connection: Connection) -> str:
        """Return what a person has still to do before the connection can be read; "" for nothing."""
        return self.notes_on([connection])[connection.name]

    def notes_on(self, connections: Sequence[Connection]) -> dict[str, str]:
        """Return what :meth:`note_on` does of each, by name, in few requests for all.

        Nothing is said of one whose connector cannot be loaded: a listing lists it, too.
        """
        connectors, _ = connectors_of(self.world, connections)
        asked = {name: one for name, one in connectors.items() if one.auth.authorization is not None}
        known = self.world.secrets.get_many(map(credentials_name, asked))
        waiting = {
            name
            for name, connector in asked.items()
            if must_be_authorised(connector, known.get(credentials_name(name), {}))
        }
        return {
            one.name: f"must be authorised: sluice connections authorize {one.name}"
            if one.name in waiting
            else ""
            for one in connections
        }

    def _forget(self, connection: Connection) -> None:
        """Forget all but the connection itself: secrets, what is known of it, then what is stored of it."""
        world, name = self.world, connection.name
        LoginTurns(world.state).forget(name)
        world.secrets.delete(credentials_name(name))
        world.secrets.delete(session_name(name))
        for known in (Cursors, Incidents, Overrides, Decisions):
            known(world.state, name).forget()
        Contracts(world.state, world.objects, name).forget()
        Fleet(world.state, connection.connector).forget(name)
        world.packages.forget(name)
        for kind in KINDS:
            # With the slash: `acme` is not the beginning of `acme2`.
            world.objects.delete_all(world.objects.keys(f"{kind}/{name}/"))
        for entity in world.catalog.canonical.names():
            part = Partition(entity, name)
            for prefix in (part.events_prefix, part.current_prefix):
                world.objects.delete_all(world.objects.keys(prefix))

    def _replace(self, known: Connection, complete: Connection, expected: int | None) -> None:
        connector = self.world.connector_of(complete)
        if known.connector != complete.connector:
            message = f"connection {known.name} is one to {known.connector}; remove it first"
            fault = Fault("other_connector", "/connector", message)
            raise ConfigurationInvalid(f"connection {known.name}", [fault])
        if _read_by(connector, known) != _read_by(connector, complete):
            cursors = Cursors(self.world.state, known.name)
            for stream, cursor in list(cursors.all()):
                cursors.put(stream, replace(cursor, watermark=None))
            Contracts(self.world.state, self.world.objects, known.name).forget()
        self.world.connections.replace(complete, expected)

    def _set_paused(self, name: str, *, paused: bool) -> Connection:
        known = self.world.connections.get(name)
        changed = replace(known, paused=paused)
        action = "connections.pause" if paused else "connections.resume"
        with audited(self.world, self._act(action, name, known)) as outcome:
            self.world.connections.replace(changed)
            self._schedule(changed)
            outcome.after = changed.to_json()
        return changed

    def _act(self, action: str, name: str, before: Connection | None) -> Act:
        return Act(self.world.who, action, name, name, before=before.to_json() if before else {})

    def _schedule(self, connection: Connection) -> None:
        if connection.schedule is None:
            self.schedules.delete(connection.name)
        else:
            self.schedules.put(connection.name, connection.schedule, enabled=not connection.paused)


def _faults_of(step: Callable[[], Any], place: str) -> list[Fault]:
    """Return what a step finds wrong, with pointers that begin at ``place``."""
    try:
        with _within(place):
            step()
    except ConfigurationInvalid as invalid:
        return list(invalid.faults)
    return []


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Let pointers of what is found wrong begin at ``place``, where whoever gave the connection has it."""
    try:
        yield
    except ConfigurationInvalid as invalid:
        faults = [replace(fault, pointer=place + fault.pointer, source="") for fault in invalid.faults]
        raise ConfigurationInvalid(str(invalid).partition("\n")[0], faults) from invalid


def _read_by(connector: Connector, connection: Connection) -> dict[str, Any]:
    """Return the settings that decide what is read."""
    others = settings_of_last_days(connector)
    return {name: found for name, found in connection.settings.items() if name not in others}


def _check(connection: Connection) -> None:
    if faults := faults_of(connection):
        raise ConfigurationInvalid(f"connection {connection.name}", faults)
