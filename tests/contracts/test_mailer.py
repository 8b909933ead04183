"""What every mailer does; moto keeps what SES was given."""

from __future__ import annotations

from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from sluice.aws.ses_mailer import SesMailer
from sluice.aws.session import AwsSession
from sluice.local.memory_mailer import MemoryMailer
from sluice.ports.mailer import Mail, Mailer, MailFailed

MAIL = Mail(
    to="ops@example.com",
    subject="[Sluice] Error: blåbær",
    text="held\n",
    html="<p>held</p>",
    headers={"References": "<1@incidents.sluice.invalid>"},
)


class MailerContract:
    """A subclass gives ``mailer``, ``closed`` (who takes nothing), and how many mails were ``taken``."""

    def test_a_mail_is_taken(self, mailer: Mailer, taken: Any) -> None:
        mailer.send(MAIL)
        assert taken() == 1

    def test_a_mail_that_is_not_taken_says_so_without_what_it_says(self, closed: Mailer, taken: Any) -> None:
        with pytest.raises(MailFailed) as caught:
            closed.send(MAIL)
        assert "blåbær" not in str(caught.value)
        assert taken() == 0


class TestMemoryMailer(MailerContract):
    @pytest.fixture
    def mailer(self) -> MemoryMailer:
        return MemoryMailer()

    @pytest.fixture
    def closed(self, mailer: MemoryMailer) -> MemoryMailer:
        mailer.failures = 1
        return mailer

    @pytest.fixture
    def taken(self, mailer: MemoryMailer) -> Any:
        return lambda: len(mailer.mails)


class TestSesMailer(MailerContract):
    @pytest.fixture
    def mailer(self, aws: AwsSession) -> SesMailer:
        aws.mail.create_email_identity(EmailIdentity="sluice.example")  # type: ignore[attr-defined]
        return SesMailer(aws.mail, "notifications@sluice.example")

    @pytest.fixture
    def closed(self, aws: AwsSession) -> SesMailer:
        return SesMailer(aws.mail, "notifications@unverified.example")

    @pytest.fixture
    def taken(self, aws: AwsSession) -> Any:
        return lambda: len(ses_backends[DEFAULT_ACCOUNT_ID]["eu-north-1"].sent_messages)
