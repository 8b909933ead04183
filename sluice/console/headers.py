"""What browsers are told with every file of the console: the same as CloudFront tells them on AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SOURCE = Path("infra", "parts", "console_headers.yml")
_SIGN_IN = "${self:custom.signIn}"


def security_headers(project: Path, sign_in: str) -> dict[str, str]:
    """Return the headers that infra/parts/console_headers.yml names.

    ``sign_in`` is the origin of the sign-in page, the only foreign one that the console's page may ask.
    """
    said: dict[str, Any] = yaml.safe_load((project / SOURCE).read_text())
    policy = "; ".join(_directive(one, sign_in) for one in said["contentSecurityPolicy"])
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": said["referrerPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": said["frameOptions"],
        **{one["Header"]: one["Value"] for one in said["others"]},
    }


def _directive(one: str | dict[str, str], sign_in: str) -> str:
    return one if isinstance(one, str) else one["Fn::Sub"].replace(_SIGN_IN, sign_in)
