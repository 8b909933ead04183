from __future__ import annotations

from pathlib import Path

import pytest

from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.cli.certify import command
from sluice.cli.certify.candidates import Subject
from sluice.cli.certify.patience import NotEnded
from sluice.cli.certify.quality import NAME
from sluice.cli.certify.rules import RULES, Finding, Findings
from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.connector.load import connector_names
from sluice.errors import ConfigurationInvalid
from sluice.settings import CommandLineSettings
from tests.unit.cli.conftest import Terminal


def test_aws_itself_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reach = Reach()
    reach.__dict__["settings"] = CommandLineSettings(tmp_path, "dev", "eu-north-1", None)
    assert run(["connectors", "certify", "fiken"], reach) == 2
    assert "embedded AWS only" in capsys.readouterr().err


def test_it_needs_the_embedded_aws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reach = Reach()
    reach.__dict__["settings"] = CommandLineSettings(tmp_path, "local", "eu-north-1", None)
    assert run(["connectors", "certify", "fiken"], reach) == 1
    assert "sluice up" in capsys.readouterr().err


def test_an_unknown_connector_is_wrong_use(terminal: Terminal) -> None:
    said = terminal("connectors", "certify", "nonesuch")
    assert said.code == 2
    assert "there is no connector 'nonesuch'" in said.err


def test_the_subject_is_the_connector_without_what_was_found_before() -> None:
    subject = command.subject_of("tryton")
    assert set(subject.mappers) == set(subject.connector.streams)
    assert "connectors/tryton/connector.yaml" in subject.files
    assert not any(path.endswith(NAME) for path in subject.files)
    with pytest.raises(ConfigurationInvalid):
        command.subject_of("nonesuch")


def test_a_connector_of_another_folder_can_be_certified(tmp_path: Path) -> None:
    for kind in ("connectors", "transformers"):
        folder = tmp_path / kind / "toy"
        folder.mkdir(parents=True)
        (folder / "customer.yaml").write_bytes((ROOT / kind / "tryton/customer.yaml").read_bytes())
    text = (ROOT / "connectors/tryton/connector.yaml").read_text()
    (tmp_path / "connectors/toy/connector.yaml").write_text(text.replace("name: tryton", "name: toy", 1))
    subject = command.subject_of("toy", tmp_path)
    assert (subject.connector.name, list(subject.mappers)) == ("toy", ["customer"])
    assert set(subject.files) == {
        "connectors/toy/connector.yaml",
        "connectors/toy/customer.yaml",
        "transformers/toy/customer.yaml",
    }
    with pytest.raises(ConfigurationInvalid):
        command.subject_of("tryton", tmp_path)


def findings(*, good: bool) -> list[Finding]:
    found = Findings()
    for rule in RULES:
        found.see(rule, "seen")
    if not good:
        found.fail("deletes", "two came")
    return found.all()


def test_one_that_fails_stops_no_other_and_decides_the_exit_code(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_up(_: object, subject: Subject) -> list[Finding]:
        if subject.connector.name == "fiken":
            raise NotEnded("certify-fiken-1: nothing moved for 90 s")
        return findings(good=subject.connector.name == "tryton")

    monkeypatch.setattr(command, "certify", made_up)
    said = terminal("connectors", "certify", "fiken", "tripletex", "tryton", "--json")
    assert said.code == 1
    assert [(card["connector"], card["certified"]) for card in said.json] == [
        ("fiken", False),
        ("tripletex", False),
        ("tryton", True),
    ]
    assert "nothing moved" in said.json[0]["error"]
    several = terminal("connectors", "certify", "tripletex", "tryton")
    assert [line.split()[0] for line in several.out.splitlines()] == ["connector", "tripletex", "tryton"]
    assert "tripletex: deletes failed: two came" in several.err
    alone = terminal("connectors", "certify", "tryton", "--json")
    assert alone.code == 0
    assert alone.json["certified"] is True
    assert terminal("connectors", "certify", "tripletex").code == 1


@pytest.mark.thorough(most=0)
def test_a_part_is_certified_alone(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "certify", lambda *_: findings(good=True))
    every = set(connector_names(folder_documents(ROOT)))
    parts = [
        [card["connector"] for card in terminal("connectors", "certify", "--part", f"{k}/3", "--json").json]
        for k in (1, 2, 3)
    ]
    assert sorted(name for part in parts for name in part) == sorted(every)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    said = terminal("connectors", "certify", "tryton", "exact_online", "--part", "1/2")
    assert [line.split()[0] for line in said.out.splitlines()] == ["connector", "exact_online"]
    assert "all but its pace" in said.out
    wrong = terminal("connectors", "certify", "--part", "7/6")
    assert wrong.code == 2
    assert "right would be 1/6 to 6/6" in wrong.err


def test_one_alone_says_what_was_left_out(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "certify", lambda *_: findings(good=True))
    assert (
        "not certified: pace (1 requests at once, 5000"
        in terminal("connectors", "certify", "exact_online").out
    )
    assert "not certified" not in terminal("connectors", "certify", "tryton").out
