"""`make sbom`: what is in the artefacts and in the console, as CycloneDX 1.6, by their lock files.

It runs in the tools' environment (requirements/tools.py), where CycloneDX's own library is. Of a package it
tells name, version, hashes, and of those of npm the licence and what needs what; Python's lock knows neither.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
ARTEFACTS = {
    "sluice-lambda": "requirements/lambda.txt",
    "sluice-lake": "requirements/lake.txt",
    "sluice-console": "console/package-lock.json",
}
"""What is delivered, and the lock file that says what is in it."""
_NPM = "node_modules/"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def bill(name: str, version: str, lock: str, text: str) -> Bom:
    """Return the bill of materials of an artefact, by the text of its lock file."""
    root = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name)
    npm = lock.endswith(".json")
    parts = dict(_of_npm(json.loads(text)) if npm else _of_pip(text))
    refs = {path: one.bom_ref for path, one in parts.items()}
    bom = Bom(components=parts.values())
    bom.metadata.component = root
    needs = _needs(json.loads(text), set(parts)) if npm else {"": list(parts)}
    for path, needed in needs.items():
        found = [Dependency(refs[one]) for one in needed]
        bom.dependencies.add(Dependency(refs.get(path, root.bom_ref), dependencies=found))
    return bom


def written(bom: Bom) -> str:
    """Return a bill as JSON; raises ValueError where CycloneDX's schema does not allow it."""
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(f"no CycloneDX 1.6: {wrong}")
    return text


def _of_pip(text: str) -> Iterator[tuple[str, Component]]:
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if found := _PINNED.match(entry):
            name, version = found.groups()
            purl = PackageURL("pypi", name=name, version=version)
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
            yield (
                f"{name} {version}",
                Component(
                    name=name,
                    version=version,
                    type=ComponentType.LIBRARY,
                    purl=purl,
                    bom_ref=f"{name}@{version}",
                    external_references=[_distributions(str(purl), hashes)],
                ),
            )


def _distributions(purl: str, hashes: list[str]) -> ExternalReference:
    """Return where a package comes from: its hashes are those of several files, of which one is installed."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
    )


def _of_npm(lock: dict[str, Any]) -> Iterator[tuple[str, Component]]:
    """Yield (place, component) of what is served to browsers: what is there for development only is not."""
    for place, package in lock["packages"].items():
        if place and not package.get("dev"):
            full, version = place.rpartition(_NPM)[2], package["version"]
            group, _, name = full.rpartition("/")
            algorithm, _, digest = package["integrity"].partition("-")
            content = base64.b64decode(digest).hex()
            licence = package.get("license")
            yield (
                place,
                Component(
                    name=name,
                    group=group or None,
                    version=version,
                    type=ComponentType.LIBRARY,
                    purl=PackageURL("npm", namespace=group or None, name=name, version=version),
                    bom_ref=f"{full}@{version}|{place}",
                    hashes=[
                        HashType(alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=content)
                    ],
                    licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
                ),
            )


def _needs(lock: dict[str, Any], known: set[str]) -> dict[str, list[str]]:
    """Return what needs what, by places: a package finds another in the nearest folder above it."""
    found: dict[str, list[str]] = {}
    for place in ("", *known):
        named = lock["packages"][place].get("dependencies", {})
        found[place] = [_nearest(name, place, known) for name in named]
    return found


def _nearest(name: str, place: str, known: set[str]) -> str:
    while (found := f"{place}/{_NPM}{name}".lstrip("/")) not in known:
        if not place:
            raise ValueError(f"{name} is needed, and in no folder; right would be a lock that is whole")
        place = place.rpartition(_NPM)[0].rstrip("/")
    return found


def main(folder: Path) -> None:
    """Write the bills of all artefacts into the folder, and tell how much is in each."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, lock in ARTEFACTS.items():
        bom = bill(name, version, lock, (ROOT / lock).read_text())
        path = folder / f"{name}.cdx.json"
        path.write_text(written(bom))
        sys.stdout.write(f"{path}: {len(bom.components)} components\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
