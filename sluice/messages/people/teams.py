"""A message for a Teams workflow ("When a Teams webhook request is received"), as an Adaptive Card.

Texts stand in RichTextBlocks: their TextRuns know no Markdown, as TextBlocks and facts do. A message of a
webhook may have 28 KB. Sources, read 2026-11-22:
https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

from __future__ import annotations

from typing import Any

from sluice.messages.people.told import Told

_MOST_LINES = 25
_COLOURS = {"error": "Attention", "warning": "Warning", "info": "Accent"}


def teams_message(found: Told) -> dict[str, Any]:
    """Return the JSON body of the webhook."""
    colour = "Good" if found.is_follow_up else _COLOURS.get(found.severity, "Default")
    body = [_rich({"text": found.heading, "weight": "Bolder", "size": "Medium", "color": colour})]
    lines = [line for line in found.detail.splitlines() if line.strip()]
    body += [_rich({"text": line}) for line in lines[:_MOST_LINES]]
    if found.advice:
        body.append(_rich({"text": "What to do: ", "weight": "Bolder"}, {"text": found.advice}))
    body += [_rich({"text": f"{name}: ", "weight": "Bolder"}, {"text": value}) for name, value in found.facts]
    actions = [{"type": "Action.OpenUrl", "title": "Open the console", "url": found.link}]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        **({"actions": actions} if found.link else {}),
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _rich(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs]}
