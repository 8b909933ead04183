"""A message as mail: text, HTML, and the headers that keep an incident's messages in one thread."""

from __future__ import annotations

from html import escape

from sluice.messages.people.told import Told, paragraphs
from sluice.ports.mailer import Mail

_DOMAIN = "incidents.sluice.invalid"


def letter(found: Told, address: str) -> Mail:
    """Return the mail.

    SES gives every mail a Message-ID of its own. So all of a thread refer to one that was never sent: mail
    programs put together what has the same References (RFC 5322, 3.6.4).
    """
    thread = f"<{found.thread}@{_DOMAIN}>"
    return Mail(
        to=address,
        subject=f"{'Re: ' if found.is_follow_up else ''}[Sluice] {found.heading}",
        text="\n\n".join(paragraphs(found)) + "\n",
        html=_html(found),
        headers={"References": thread, "In-Reply-To": thread, "Auto-Submitted": "auto-generated"},
    )


def _html(found: Told) -> str:
    facts = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in found.facts
    )
    detail = escape(found.detail).replace("\n", "<br>")
    parts = [f"<p><strong>{escape(found.heading)}</strong></p>", f"<p>{detail}</p>" if detail else ""]
    if found.advice:
        parts.append(f"<p><strong>What to do:</strong> {escape(found.advice)}</p>")
    parts.append(f'<table cellpadding="4">{facts}</table>')
    if found.link:
        parts.append(f'<p><a href="{escape(found.link, quote=True)}">Open the console</a></p>')
    return f"<!DOCTYPE html><html><body>{''.join(parts)}</body></html>"
