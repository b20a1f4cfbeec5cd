"""How one message leaves the house, as a signed webhook or as a mail, and what came of it as one kind of value.

No answer here holds an address beyond its host: paths of webhooks are often their secret.
"""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

from zuji.govern.outbound import Answer, Outbound, Unreachable, host_of
from zuji.terms.error import BadRequest

Verdict = Literal["taken", "not_now", "refused", "gone"]
"""`refused` says that this message is wrong, `gone` that nobody listens there any more."""

PASSING = frozenset({408, 425, 429})
"""Answers from 400 to 499 that say nothing about the request itself."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a message. `wait_ms`: how long the other side asks to be left alone."""

    verdict: Verdict
    said: str
    wait_ms: int = 0

    @property
    def taken(self) -> bool:
        """Whether the other side has it."""
        return self.verdict == "taken"


def post_webhook(outbound: Outbound, url: str, body: bytes, headers: Mapping[str, str]) -> Sent:
    """Post to an address outside; says what came of it, and raises nothing."""
    try:
        return sent_of(outbound.post(url, body, headers))
    except BadRequest:
        # It was good when it was entered: since then its name or the operator's settings have changed.
        return Sent("not_now", f"{host_of(url)} is not a public address, and the operator has not allowed it.")
    except Unreachable as failure:
        return Sent("not_now", str(failure))


def sent_of(answer: Answer) -> Sent:
    """What an answer to a webhook says.

    >>> [sent_of(Answer(status, b"", {})).verdict for status in (204, 400, 410, 429, 500)]
    ['taken', 'refused', 'gone', 'not_now', 'not_now']
    """
    said = f"answered {answer.status}"
    if answer.is_success:
        return Sent("taken", said)
    if answer.status == GONE:
        return Sent("gone", said)
    if 400 <= answer.status < 500 and answer.status not in PASSING:
        return Sent("refused", said)
    asked = answer.headers.get("retry-after", "")
    return Sent("not_now", said, int(asked) * 1000 if asked.isdecimal() and len(asked) < 6 else 0)


def signed_headers(secret: str, delivery: str, body: bytes, now: int) -> Mapping[str, str]:
    """The headers of a delivery. The signature covers the time and the body."""
    seconds = now // 1000
    return {
        "Content-Type": "application/json",
        "User-Agent": "zuji",
        "X-Zuji-Delivery": delivery,
        "X-Zuji-Signature": f"t={seconds},v1={signature(secret, seconds, body)}",
    }


def signature(secret: str, seconds: int, body: bytes) -> str:
    """HMAC-SHA256 of `<seconds>.<body>` with the secret, in hexadecimal: what a receiver compares."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail, as the operator has set it; without a host, mail is off.

    It is the operator's own choice, so unlike addresses of webhooks it may stand inside the house.
    """

    host: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    timeout_s: float = 10.0

    @property
    def is_on(self) -> bool:
        """Whether mail can be sent at all."""
        return bool(self.host and self.sender)

    def send(self, to: str, *, subject: str, text: str, message_id: str) -> Sent:
        """Hand one mail over; says what came of it, and raises nothing. The same id twice is the same mail."""
        if not self.is_on:
            return Sent("not_now", "mail is off: the operator has set no mail server.")
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, to
        mail["Subject"] = " ".join(subject.split())[:200]
        mail["Message-ID"] = f"<{message_id}@zuji>"
        mail["Auto-Submitted"] = "auto-generated"  # so that absence notes do not answer
        mail.set_content(text)
        try:
            with closing(self._connected()) as server:
                server.send_message(mail)
                with suppress(smtplib.SMTPException, OSError):  # the mail is taken by now, whatever becomes of this
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, said)] = list(refusal.recipients.values())[:1]
            return _refused(code, said)
        except smtplib.SMTPResponseException as refusal:
            # Bad credentials and the like are for the operator to mend; only what is said of the mail itself is final.
            final = isinstance(refusal, smtplib.SMTPDataError)
            sent = _refused(refusal.smtp_code, refusal.smtp_error)
            return sent if final else Sent("not_now", sent.said)
        except (smtplib.SMTPException, OSError) as failure:
            return Sent("not_now", f"the mail server did not take it: {type(failure).__name__}.")
        return Sent("taken", "the mail server took it")

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _refused(code: int, said: bytes | str) -> Sent:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    told = f"the mail server answered {code} {' '.join(text.split())[:200]}"
    return Sent("refused" if 500 <= code < 600 else "not_now", told)
