from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sandbox.__main__ import main, read_records

ROOT = Path(__file__).parents[3]


def test_it_serves_and_says_how_to_use_it() -> None:
    command = [sys.executable, "-m", "sandbox", "tripletex", "--records", "0.01", "--records", "customer=7"]
    command += ["--mutate", "D42:customer.email", "--mutate", "D28:customer=3"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(12)]
            url = said[0].split()[-1].removesuffix("/v2")
            with urllib.request.urlopen(f"{url}/_sandbox", timeout=5) as reply:  # noqa: S310
                look = json.load(reply)
        finally:
            process.terminate()
    assert look["streams"]["customer"] == 7
    assert look["streams"]["invoice"] == 30
    assert [one["mutation"] for one in look["mutations"]] == [
        "D42/absent:customer.email@1",
        "D28/capped:customer=3",
    ]
    text = "".join(said)
    assert f"base_url={url}/v2" in text
    assert "consumer_token=sandbox-consumer_token" in text


def test_records_are_a_multiplier_or_a_stream_s_own() -> None:
    assert read_records(["0.5", "customer=3"]) == (0.5, {"customer": 3})
    assert read_records([]) == (1.0, {})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tripletexx"], "did you mean 'tripletex'?"),
        (["tripletex", "--records", "many"], "should be a multiplier (0.1) or STREAM=COUNT"),
        (["tripletex", "--records", "shop=3"], "there is no stream shop; there are account, activity"),
        (
            ["tripletex", "--mutate", "D42:customer.mail"],
            "customer has no field 'mail'; did you mean 'email'?",
        ),
        (["tripletex", "--mutate", "D99:customer"], "there is no mutation 'D99'"),
    ],
)
def test_wrong_use_says_what_would_be_right(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--root", str(ROOT)]) == 2
    assert said in capsys.readouterr().err
