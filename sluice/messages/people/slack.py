"""A message for a Slack incoming webhook, as Block Kit.

What came from outside stands in plain_text objects, which know no markup; in the texts that do (mrkdwn, and
the fallback that shows in notifications), the three control characters are escaped.
Source: https://docs.slack.dev/messaging/formatting-message-text (read 2026-11-22).
"""

from __future__ import annotations

from typing import Any

from sluice.messages.people.told import Told

_SIGNS = {"error": ":red_circle:", "warning": ":large_orange_circle:", "info": ":large_blue_circle:"}
_MOST_HEADER = 150


def slack_message(found: Told) -> dict[str, Any]:
    """Return the JSON body of the webhook."""
    sign = ":large_green_circle:" if found.is_follow_up else _SIGNS.get(found.severity, "")
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(found.heading[:_MOST_HEADER])},
    ]
    if found.detail:
        blocks.append({"type": "section", "text": _plain(found.detail)})
    if found.advice:
        blocks.append({"type": "section", "text": _mrkdwn("*What to do*")})
        blocks.append({"type": "section", "text": _plain(found.advice)})
    blocks.append({"type": "section", "fields": [_plain(f"{name}: {value}") for name, value in found.facts]})
    link = f" <{escaped(found.link)}|Open the console>" if found.link else ""
    blocks.append({"type": "context", "elements": [_mrkdwn(f"{sign} Sluice{link}")]})
    return {"text": escaped(found.heading), "blocks": blocks, "unfurl_links": False}


def escaped(text: str) -> str:
    """Return the text with the signs escaped by which Slack knows links, mentions and commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
