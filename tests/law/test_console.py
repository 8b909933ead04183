"""The console: what infra/console.yml promises, that one machine serves it alike, what sources may not do."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.console import files
from sluice.console.headers import security_headers
from sluice.local import deploy, node
from tests.law.test_infra import Resources, Templates, of_type, statements
from tests.law.tree import ROOT, text
from tests.law.tree import files as tracked

SIGN_IN = "https://${UserPoolDomain}.auth.${AWS::Region}.amazoncognito.com"
PATHS = {
    "/": "index.html",
    "/index.html": "index.html",
    "/runs": "index.html",
    "/connections/acme.de": "index.html",
    "/runs/acme/12.5": "index.html",
    "/assets": "index.html",
    "/assets/": "index.html",
    "//evil.js": "index.html",
    "/assets/index-CNjD3lFj.js": "assets/index-CNjD3lFj.js",
    "/assets/missing.js": None,
    "/config.json": "config.json",
    "/sluice.svg": "sluice.svg",
    "/nothing.txt": None,
}
"""What is served where; None is a 404."""


def called(function: str, uri: str) -> str:
    """Return the URI that a CloudFront function makes of one; Node stands in for CloudFront's JavaScript."""
    script = f"{function}\nconsole.log(handler({{request: {{uri: {json.dumps(uri)}}}}}).uri)"
    command = [str(node.find_node()), "--eval", script]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in {name for name in PATHS.values() if name is not None}:
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_the_same_file_on_aws_and_on_one_machine(
    path: str, site: Path, resources: Resources
) -> None:
    here = files.file_at(site, path)
    assert (here.path if here else None) == PATHS[path]
    key = called(resources["ConsolePaths"]["FunctionCode"], path).removeprefix("/")
    assert (key if (site / key).is_file() else None) == PATHS[path]


def test_the_api_is_asked_without_the_consoles_prefix(resources: Resources) -> None:
    code = resources["ConsoleApiPaths"]["FunctionCode"]
    assert called(code, "/api/runs/acme") == "/runs/acme"
    assert called(code, "/api/connections/api/x") == "/connections/api/x"


def test_headers_are_the_same_on_aws_and_on_one_machine(resources: Resources) -> None:
    policy = resources["ConsoleHeaders"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    separator, parts = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Join"]
    there = {
        "Content-Security-Policy": separator.join(
            part if isinstance(part, str) else part["Fn::Sub"] for part in parts
        ),
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        **{one["Header"]: one["Value"] for one in policy["CustomHeadersConfig"]["Items"]},
    }
    assert security["ContentTypeOptions"] == {"Override": True}
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert security_headers(ROOT, SIGN_IN) == there


def test_the_policy_lets_nothing_through_but_our_own_files_and_the_sign_in() -> None:
    policy = security_headers(ROOT, "https://sign.in")["Content-Security-Policy"]
    said = {name: set(sources) for name, *sources in (part.split() for part in policy.split("; "))}
    assert said["default-src"] == {"'none'"}
    assert said.pop("connect-src") == {"'self'", "https://sign.in"}
    assert set().union(*said.values()) == {"'none'", "'self'"}
    assert said["frame-ancestors"] == said["base-uri"] == said["form-action"] == {"'none'"}


def test_the_bucket_is_read_by_its_distribution_only(resources: Resources) -> None:
    [allowed] = [one for one in statements(resources["ConsoleBucketPolicy"]) if one["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "${ConsoleDistribution}" in json.dumps(allowed["Condition"])
    assert not [action for action in allowed["Action"] if not action.startswith(("s3:Get", "s3:List"))]


def test_the_api_behind_the_console_is_never_kept_and_gets_the_token(templates: Templates) -> None:
    [found] = of_type(templates, "AWS::CloudFront::Distribution").values()
    distribution = found["DistributionConfig"]
    [api] = distribution["CacheBehaviors"]
    assert (api["PathPattern"], api["ViewerProtocolPolicy"]) == ("/api/*", "https-only")
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AllViewerExceptHostHeader
    assert distribution["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    own = distribution["ViewerCertificate"]["Fn::If"][1]
    assert own["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_browsers_come_back_to_the_console_only(templates: Templates) -> None:
    client = of_type(templates, "AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert client["CallbackURLs"] == client["LogoutURLs"]
    assert len(client["CallbackURLs"]) == 1
    here = of_type(templates, "AWS::Cognito::UserPoolClient", "local")["UserPoolClient"]["CallbackURLs"]
    assert all("localhost" in json.dumps(one) or "127.0.0.1" in json.dumps(one) for one in here)


def test_the_consoles_origin_is_written_alike_in_both_places() -> None:
    declared: dict[str, Any] = yaml.safe_load(text("serverless.yml"))["params"]
    assert declared["local"]["consoleOrigin"] == deploy.CONSOLE
    assert declared["default"]["consoleOrigin"] == "none"


def test_packages_of_the_console_are_pinned_and_the_lock_names_no_registry() -> None:
    manifest = json.loads(text("console/package.json"))
    versions = [*manifest["dependencies"].values(), *manifest["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert '"resolved"' not in text("console/package-lock.json")
    assert "omit-lockfile-registry-resolved=true" in text("console/.npmrc")


def test_sources_of_the_console_write_no_markup_by_hand() -> None:
    forbidden = re.compile(r"dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write")
    sources = [path for path in tracked() if re.fullmatch(r"console/.+\.(tsx?|html)", path)]
    assert sources
    assert [path for path in sources if forbidden.search(text(path))] == []


def test_the_consoles_page_has_no_script_or_style_of_its_own() -> None:
    page = text("console/index.html")
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
