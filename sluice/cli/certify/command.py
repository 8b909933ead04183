"""`sluice connectors certify`: proves connectors on the embedded AWS, and writes down what was seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT, catalog, folder_documents
from sluice.cli.certify.candidates import Subject
from sluice.cli.certify.pace import pace_of
from sluice.cli.certify.parts import Part, PartOption
from sluice.cli.certify.quality import NAME, certified_files, quality_text
from sluice.cli.certify.scenarios import certify
from sluice.cli.certify.scorecard import COLUMNS, SUMMARY_COLUMNS, Scorecard
from sluice.cli.failures import FINE, WORK_FAILED, in_words
from sluice.cli.output import json_option, print_json, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.connector.load import connector_names
from sluice.errors import ConfigurationInvalid
from sluice.mapping.canonical import CanonicalModel
from sluice.registry.catalog import faults_of
from sluice.usecases.deciding.describing import digest_of

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("certify")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--from", "folder", type=_FOLDER, default=ROOT, show_default="the repository",
    help="Where connectors/NAME/ and transformers/NAME/ lie.",
)  # fmt: skip
@click.option(
    "--part", type=PartOption(), help="Only part K of N of them, by name; day/N: another every day."
)
@click.option("--write", is_flag=True, help=f"Write connectors/NAME/{NAME} where no rule failed.")
@json_option
@pass_reach
def certify_command(
    reach: Reach, /, names: tuple[str, ...], folder: Path, part: Part | None, **given: bool
) -> int:
    """Prove the connector NAME against a mock of its ERP, and print a scorecard.

    The mock is made from the connector. Whole runs read it on the embedded AWS (`sluice up` first), in good
    weather and in trouble, with its API as it is and broken. Each rule ends done, exempt with a reason, or
    failed; exit code 1 if one failed. With several NAMEs, or none for all connectors, each is a line, and
    one that fails does not stop the others. Connections named certify-... are made and removed again.

    The vendor's limits are left out: how fast it may be asked is not certified.
    """
    if not reach.settings.is_local:
        stage = reach.settings.stage
        raise click.UsageError(f"this is for the embedded AWS only, and SLUICE_STAGE is {stage!r}")
    deployment = reach.deployment
    alone = len(names) == 1 and part is None
    if alone:
        cards = [_certified(deployment, names[0], folder)]
    else:
        known = names or connector_names(folder_documents(folder))
        wanted = part.of(known) if part else known
        cards = [_whatever_comes(deployment, name, folder) for name in wanted]
    if given["write"]:
        for card in cards:
            write_quality(card, folder)
    _print(cards, alone=alone, as_json=given["as_json"])
    return FINE if all(card.certified for card in cards) else WORK_FAILED


def subject_of(name: str, root: Path = ROOT) -> Subject:
    """Return the connector and its mappings as they lie below ``root``; raises ConfigurationInvalid."""
    files = certified_files(name, root)
    known = catalog().with_files(name, files)
    faults = faults_of(known, name)
    if faults:
        raise ConfigurationInvalid(f"{name} cannot be certified: its files are not valid", faults)
    connector = known.connector(name)
    mappers = {stream: known.mapper(name, stream) for stream in connector.streams}
    return Subject(connector, mappers, files, CanonicalModel(folder_documents(ROOT)))


def write_quality(card: Scorecard, root: Path) -> None:
    """Write the connector's quality.yaml below ``root``; where a rule failed what is there stays."""
    if not card.certified:
        say(f"{card.connector}: {NAME} is not written, as a rule failed")
        return
    file = root / "connectors" / card.connector / NAME
    text = quality_text(card, datetime.now(UTC).date())
    file.write_text(text, "utf-8")
    say(f"written: {file.relative_to(root)}")


def _certified(deployment: Deployment, name: str, folder: Path) -> Scorecard:
    subject = subject_of(name, folder)
    began = time.monotonic()
    findings = tuple(certify(deployment, subject))
    seconds, files = time.monotonic() - began, digest_of(subject.files)
    return Scorecard(name, findings, seconds, files=files, left_out=pace_of(subject.connector))


def _whatever_comes(deployment: Deployment, name: str, folder: Path) -> Scorecard:
    """Return the scorecard, also of a connector that could not be certified at all."""
    say(f"{name}: certifying")
    began = time.monotonic()
    try:
        card = _certified(deployment, name, folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others can still be certified
        card = Scorecard(name, (), time.monotonic() - began, in_words(error))
    say(card.summary())
    for finding in card.findings:
        if not finding.is_good:
            say(f"{name}: {finding.rule} failed: {finding.note}")
    return card


def _print(cards: Sequence[Scorecard], *, alone: bool, as_json: bool) -> None:
    if as_json:
        found = [card.to_json() for card in cards]
        print_json(found[0] if alone else found)
    elif alone:
        (card,) = cards
        print_rows(card.rows(), COLUMNS, as_json=False, none="")
        click.echo(card.summary())
        if card.left_out:
            click.echo(card.not_certified())
    else:
        print_rows([card.row() for card in cards], SUMMARY_COLUMNS, as_json=False, none="no connectors")
