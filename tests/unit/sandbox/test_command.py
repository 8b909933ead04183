"""`sluice sandbox` with mutations; that it serves is tested in test_main."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sluice.cli.sandbox_command import sandbox_command


@pytest.mark.parametrize(
    ("mutation", "said"),
    [
        ("D42:customer.organisationNumber", "did you mean 'organizationNumber'?"),
        ("D42/quiet:customer.email", "D42 has no variant 'quiet'; there are absent, silent"),
        ("customer.email", "is not a mutation; right would be CODE[/VARIANT]"),
        ("D28:custmer", "did you mean 'customer'?"),
    ],
)
def test_a_wrong_mutation_is_wrong_use(mutation: str, said: str) -> None:
    result = CliRunner().invoke(sandbox_command, ["tripletex", "--records", "0.01", "--mutate", mutation])
    assert result.exit_code == 2
    assert "--mutate: " in result.output
    assert said in " ".join(result.output.split())
