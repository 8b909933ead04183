"""`python -m sluice.local.package`: builds the artefacts for AWS and checks them as far as this machine can.

It deploys nothing.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from pathlib import Path

from sluice.local import artefact, artefact_check

PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Build, check, say what came of it; return the exit code: 0, or 1 for an artefact that would not run."""
    modules = artefact_check.handlers(PROJECT / "infra" / "functions.yml")
    # All of them, also where the first would not run: one attempt tells everything.
    return max([_build(name, modules[name]) for name in artefact.AWS_ARTEFACTS])


def _build(name: str, modules: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        try:
            built = artefact.build_for_aws(PROJECT, name, work)
            here = artefact.build_for_this_machine(PROJECT, name, work)
        except artefact.NotBuilt as failure:
            _say(f"pip could not install the dependencies:\n{failure}")
            return 1
        wrong = _wrong(built, here, work / "unpacked", modules)
    if artefact.aws_python() is None:
        _say(f"there is no Python {artefact.AWS_PYTHON} here to compile it with: its cold starts take longer")
    zipped, unzipped = built.stat().st_size, artefact_check.unzipped_size(built)
    _say(f"{built.relative_to(PROJECT)}: {zipped / 1e6:.1f} MB, unpacked {unzipped / 1e6:.1f} MB")
    if wrong:
        _say(wrong)
        return 1
    _say(
        f"its libraries are built for arm64; {len(modules)} handlers can be imported "
        f"from the same artefact built for {platform.machine()}"
    )
    return 0


def _wrong(built: Path, here: Path, work: Path, modules: list[str]) -> str | None:
    if foreign := artefact_check.foreign_libraries(built):
        return f"not built for arm64: {', '.join(foreign)}"
    if artefact_check.unzipped_size(built) > artefact_check.UNZIPPED_LIMIT:
        return f"over Lambda's limit of {artefact_check.UNZIPPED_LIMIT} bytes unpacked"
    failure = artefact_check.import_failure(here, work, modules)
    return f"a handler cannot be imported from the artefact alone:\n{failure}" if failure else None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
