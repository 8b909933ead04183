"""What the console must know before anybody has signed in: /config.json."""

from __future__ import annotations

from typing import Any

from sluice.bootstrap.deployment import Deployment


def config_of(deployment: Deployment) -> dict[str, Any]:
    """Return /config.json of a deployment; console/src/config.ts reads it."""
    outputs = deployment.outputs
    # The embedded AWS answers at one address; the user pool's name at Cognito means nothing there.
    sign_in = deployment.endpoint or outputs["SignInUrl"]
    return {
        "authorize": f"{sign_in}/oauth2/authorize",
        "token": f"{sign_in}/oauth2/token",
        "logout": f"{sign_in}/logout",
        "clientId": outputs["UserPoolClientId"],
        "stage": deployment.stage,
        "region": deployment.region,
        "awsConsole": deployment.endpoint is None,
    }
