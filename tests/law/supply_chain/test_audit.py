"""What `make audit` makes of pip-audit's and npm audit's answers: what was not looked at is not clean."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from requirements import audit
from requirements.audit import Acceptance, Finding, Report, accepted, judged, of_npm_audit, of_pip_audit
from tests.law.tree import ROOT, files

TODAY = date(2026, 11, 22)
SKIPPED = {
    "name": "attrs",
    "skip_reason": "Dependency not found on PyPI and could not be audited: attrs (1.0)",
}
CLEAN = {"name": "jmespath", "version": "1.1.0", "vulns": []}
BAD = {
    "name": "urllib3",
    "version": "2.6.2",
    "vulns": [
        {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-21441"], "fix_versions": ["2.6.3"], "description": ""}
    ],
}
ADVISORY = {
    "source": 1,
    "name": "minimist",
    "title": "Prototype pollution",
    "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
    "severity": "critical",
    "range": "<1.2.6",
}
BY_NPM = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "minimist": {"name": "minimist", "via": [ADVISORY]},
        "mkdirp": {"name": "mkdirp", "via": ["minimist"]},
    },
}
FOUND = Report("x.txt", (Finding("urllib3 2.6.2", ("PYSEC-2026-1", "CVE-2026-21441"), "fixed in 2.6.3"),))


def pip(*packages: dict[str, Any], said: str = "") -> Report:
    return of_pip_audit("x.txt", json.dumps({"dependencies": packages, "fixes": []}), said)


def test_a_vulnerable_package_is_found_with_all_its_names() -> None:
    assert pip(CLEAN, BAD) == FOUND
    assert pip(CLEAN) == Report("x.txt")
    [found] = of_npm_audit("package-lock.json", json.dumps(BY_NPM), "").findings
    assert (found.package, found.ids) == ("minimist", ("GHSA-aaaa-bbbb-cccc",))


def test_a_database_that_has_nothing_was_not_reached() -> None:
    # pip-audit itself says of this "No known vulnerabilities found", and ends with 0.
    assert "cannot be reached here" in pip(SKIPPED, SKIPPED).unseen
    assert pip(SKIPPED, CLEAN).unseen == "not looked at: attrs"
    for out, said in (
        ("", "ConnectionError: no route"),
        ("[]", "ConnectionError: no route"),
        ("{", "no route"),
    ):
        assert "no route" in of_pip_audit("x.txt", out, said).unseen
        assert "no route" in of_npm_audit("package-lock.json", out, said).unseen
    refused = json.dumps({"message": "405 Method Not Allowed", "statusCode": 405})
    assert "405 Method Not Allowed" in of_npm_audit("package-lock.json", refused, "npm error").unseen


def test_what_was_not_looked_at_is_told_and_counted_apart() -> None:
    verdict = judged([Report("x.txt", unseen="not looked at: attrs")], [], TODAY)
    assert (verdict.found, verdict.unseen, verdict.lines) == (0, 1, ["x.txt: not looked at: attrs"])


def test_an_advisory_is_accepted_for_its_package_until_its_day() -> None:
    one = Acceptance("CVE-2026-21441", "urllib3", "we follow no redirects at all", TODAY)
    verdict = judged([FOUND], [one], TODAY)
    assert (verdict.found, verdict.lines) == (0, ["x.txt: 0 advisories, 1 accepted"])
    over = judged([FOUND], [one], date(2026, 11, 23))
    assert over.found == 1
    assert "until 2026-11-22, which is over" in over.lines[-1]
    other = Acceptance("CVE-2026-21441", "requests", "we follow no redirects at all", TODAY)
    assert judged([FOUND], [other], TODAY).found == 1


@pytest.mark.parametrize(
    ("reason", "until"),
    [("", "2026-12-01"), ("because", "2026-12-01"), ("it is not used here", "2028-01-01")],
)
def test_an_acceptance_has_a_reason_and_a_near_day(reason: str, until: str) -> None:
    text = f"accepted: [{{id: GHSA-1, package: x, reason: '{reason}', until: {until}}}]"
    with pytest.raises(ValueError, match="right would be"):
        accepted(text, TODAY)


def test_the_file_of_acceptances_is_one() -> None:
    accepted(audit.ACCEPTED.read_text(), TODAY)


def test_every_lock_file_of_what_is_delivered_or_develops_is_audited() -> None:
    servers = "tests/live/"  # locks of test servers, which listen to this machine alone
    locks = {path for path in files() if path.startswith("requirements/") and path.endswith(".txt")}
    locks |= {path for path in files() if path.endswith("package-lock.json") and not path.startswith(servers)}
    assert {*audit.PYTHON, *audit.NODE} == locks


def test_findings_fail_and_what_is_unseen_fails_strictly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"found": FOUND, "unseen": Report("x.txt", unseen="not reached"), "clean": Report("x.txt")}
    codes = {}
    for name, report in told.items():
        monkeypatch.setattr(audit, "tool", lambda name: name)
        monkeypatch.setattr(audit, "_pip_audit", lambda lock, report=report: report)
        monkeypatch.setattr(audit, "_npm_audit", Report)
        codes[name] = (audit.main([]), audit.main(["--strict"]))
    assert codes == {"found": (1, 1), "unseen": (0, 1), "clean": (0, 0)}
    assert "AUDIT=strict" in capsys.readouterr().out


def test_ci_audits_strictly() -> None:
    assert "make audit AUDIT=strict" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
