from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sluice.bootstrap.documents import ROOT, catalog
from sluice.cli.certify.command import write_quality
from sluice.cli.certify.quality import NAME, certified_files, quality_text, standing
from sluice.cli.certify.rules import RULES, Findings, Status
from sluice.cli.certify.scorecard import LONGEST_NOTE, Scorecard
from sluice.connector.load import check_connector, load_connector
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.packages import PackagedDocuments
from sluice.usecases.deciding.describing import digest_of
from tests import yaml_text


def all_seen() -> Findings:
    findings = Findings()
    for rule in RULES:
        findings.see(rule, f"saw {rule}")
    return findings


def status_of(findings: Findings, rule: str) -> tuple[Status, tuple[str, ...]]:
    return next((one.status, one.notes) for one in findings.all() if one.rule == rule)


def test_a_rule_that_was_not_reached_has_failed() -> None:
    assert {one.status for one in Findings().all()} == {Status.FAILED}
    assert [one.rule for one in Findings().all()] == list(RULES)


def test_of_very_many_notes_the_first_are_told() -> None:
    findings = Findings()
    findings.fail("full_sync", *(f"customer {number} came twice" for number in range(1, 201)))
    found = next(one for one in findings.all() if one.rule == "full_sync")
    assert found.note.startswith("customer 1 came twice; customer 2 came twice; ")
    assert found.note.endswith("; customer 10 came twice; and 190 more")


def test_what_was_seen_counts_more_than_an_exemption_and_a_failure_most() -> None:
    findings = Findings()
    findings.exempt("deletes", "no stream is read whole")
    assert status_of(findings, "deletes") == (Status.EXEMPT, ("no stream is read whole",))
    findings.see("deletes", "one")
    findings.see("deletes", "two")
    assert status_of(findings, "deletes") == (Status.DONE, ("one", "two"))
    findings.fail("deletes", "three")
    findings.see("deletes", "four")
    assert status_of(findings, "deletes") == (Status.FAILED, ("three",))


def test_a_rule_is_judged_by_what_is_wrong() -> None:
    findings = Findings()
    findings.judge("throttled", [], "waited")
    findings.judge("server_errors", ["lost one", "lost two"], "tried again")
    assert status_of(findings, "throttled") == (Status.DONE, ("waited",))
    assert status_of(findings, "server_errors") == (Status.FAILED, ("lost one", "lost two"))
    with pytest.raises(KeyError, match="no rule"):
        findings.see("throtled", "misspelt")


def test_a_scorecard_is_certified_only_if_nothing_failed() -> None:
    good = Scorecard("toy", tuple(all_seen().all()), 61.2)
    assert good.certified
    assert good.summary() == f"toy: certified in 61 s, {len(RULES)} done"
    assert good.row() == {
        "connector": "toy", "certified": True, "seconds": 61, "done": len(RULES), "exempt": 0, "failed": 0,
        "note": "",
    }  # fmt: skip
    findings = all_seen()
    findings.fail("deletes", "x" * 2 * LONGEST_NOTE)
    bad = Scorecard("toy", tuple(findings.all()), 61.2)
    assert not bad.certified
    assert "NOT certified" in bad.summary()
    assert bad.row()["note"] == "deletes"
    assert bad.row()["failed"] == 1
    assert {"rule": "deletes", "status": "failed", "note": "x" * 2 * LONGEST_NOTE} in bad.rows()


def test_a_long_note_is_cut_in_the_table_and_whole_in_json() -> None:
    findings = all_seen()
    findings.see("api_changes", "y" * 2 * LONGEST_NOTE)
    card = Scorecard("toy", tuple(findings.all()), 1)
    assert max(len(row["note"]) for row in card.rows()) == LONGEST_NOTE
    (rule,) = [one for one in card.to_json()["rules"] if one["rule"] == "api_changes"]
    assert rule["note"].endswith("y" * 2 * LONGEST_NOTE)
    assert rule["means"] == RULES["api_changes"]


def test_a_connector_that_could_not_be_certified_says_why() -> None:
    card = Scorecard("toy", (), 0.1, "error: there is no connector 'toy'")
    assert not card.certified
    assert card.row()["note"] == "error: there is no connector 'toy'"
    assert card.to_json()["error"] == "error: there is no connector 'toy'"


def test_the_quality_file_says_what_was_seen_or_why_not() -> None:
    findings = Findings()
    findings.see("api_changes", "D42:customer.name: held")
    findings.see("api_changes", "D44:project.name: held")
    findings.see("deletes", "one of each")
    findings.exempt("session_expiry", "no login: a token cannot expire")
    text = quality_text(Scorecard("toy", tuple(findings.all()), 1, files="0a1b"), date(2026, 11, 21))
    found = yaml_text.read(text)
    assert (found["format"], found["connector"], found["files"]) == (1, "toy", "0a1b")
    assert found["certified"] == date(2026, 11, 21)
    rules = found["rules"]
    assert list(rules) == list(RULES)
    assert "left_out" not in found
    assert rules["deletes"] == {"status": "done", "seen": "one of each"}
    assert rules["api_changes"]["seen"] == ["D42:customer.name: held", "D44:project.name: held"]
    assert rules["session_expiry"] == {"status": "exempt", "reason": "no login: a token cannot expire"}


def test_what_was_left_out_is_said_wherever_the_result_is() -> None:
    card = Scorecard("toy", tuple(all_seen().all()), 1, files="0a1b", left_out=("60 requests in 60 s",))
    assert card.row()["note"] == "all but its pace"
    assert "60 requests in 60 s" in card.not_certified()
    assert card.to_json()["left_out"] == ["60 requests in 60 s"]
    found = yaml_text.read(quality_text(card, date(2026, 11, 21)))
    assert found["left_out"] == ["60 requests in 60 s"]


def test_a_result_is_written_beside_the_connector_only_if_it_is_good(tmp_path: Path) -> None:
    folder = tmp_path / "connectors/toy"
    folder.mkdir(parents=True)
    (folder / "connector.yaml").write_text("name: toy\n")
    digest = digest_of(certified_files("toy", tmp_path))
    bad = Scorecard("toy", tuple(Findings().all()), 1, files=digest)
    write_quality(bad, tmp_path)
    assert standing("toy", tmp_path) == ""
    write_quality(Scorecard("toy", tuple(all_seen().all()), 1, files=digest), tmp_path)
    written = (folder / NAME).read_text()
    assert set(yaml_text.read(written)["rules"]) == set(RULES)
    write_quality(bad, tmp_path)
    assert (folder / NAME).read_text() == written


def test_a_connector_that_has_changed_since_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "connectors/toy"
    folder.mkdir(parents=True)
    (folder / "connector.yaml").write_text("name: toy\n")
    digest = digest_of(certified_files("toy", tmp_path))
    write_quality(Scorecard("toy", tuple(all_seen().all()), 1, files=digest), tmp_path)
    on = datetime.now(UTC).date().isoformat()
    assert standing("toy", tmp_path) == on
    (folder / "NOTES.md").write_text("Where it is from.\n")
    assert standing("toy", tmp_path) == on
    (folder / "customer.yaml").write_text("stream: customer\n")
    assert standing("toy", tmp_path) == f"{on}, its files have changed since"


def test_the_quality_file_is_no_stream() -> None:
    deployed = FolderDocuments(ROOT)
    files = {path: deployed.read(path) for path in deployed.paths("connectors/tryton/")}
    streams = list(load_connector(deployed, "tryton").streams)
    text = quality_text(Scorecard("tryton", tuple(all_seen().all()), 1, files="0a1b"), date(2026, 11, 21))
    documents = PackagedDocuments(deployed, "tryton", {**files, f"connectors/tryton/{NAME}": text.encode()})
    assert check_connector(documents, "tryton") == []
    assert list(load_connector(documents, "tryton").streams) == streams


@pytest.mark.parametrize("name", catalog().names())
def test_every_connector_here_was_certified(name: str) -> None:
    found = yaml_text.read((ROOT / "connectors" / name / NAME).read_text("utf-8"))
    assert set(found["rules"]) == set(RULES)
    assert {rule["status"] for rule in found["rules"].values()} <= {Status.DONE, Status.EXEMPT}
    assert (ROOT / "connectors" / name / "NOTES.md").exists()
