"""The ways to tell that are configured, with their secrets read."""

import ssl
from pathlib import Path

from constellation.node.config import ConfigurationError
from constellation.node.keys import read_secret_file
from constellation.node.notices.command import Command
from constellation.node.notices.config import MailSection, NoticesSection, WebhookSection, check_webhook_url
from constellation.node.notices.delivery import Channel
from constellation.node.notices.mail import Mail, MailServer
from constellation.node.notices.webhook import Webhook
from constellation.sdk.certificates import trusting


def channels_of(section: NoticesSection) -> list[Channel]:
    """All that are configured.

    Raises:
        ConfigurationError: a file that is named cannot be used.
        KeyFileError: a secret is missing, or open to others.
    """
    commands = [Command(item.name, item.least, item.command) for item in section.commands]
    return [*map(_webhook, section.webhooks), *commands, *map(_mail, section.mails)]


def _webhook(section: WebhookSection) -> Webhook:
    url = section.url
    if section.url_file is not None:
        try:
            url = check_webhook_url(read_secret_file(section.url_file))
        except ValueError as error:
            raise ConfigurationError(f"{section.url_file}: {error}") from None
    assert url is not None
    token = None if section.token_file is None else read_secret_file(section.token_file)
    return Webhook(section.name, section.least, url, token, _trusted(section.ca_file))


def _mail(section: MailSection) -> Mail:
    login = None
    if section.user is not None and section.password_file is not None:
        login = section.user, read_secret_file(section.password_file)
    tls = None if section.tls == "none" else _trusted(section.ca_file) or ssl.create_default_context()
    server = MailServer(section.host, section.port, tls, section.tls == "tls", login)
    return Mail(section.name, section.least, server, section.sender, section.to)


def _trusted(path: Path | None) -> ssl.SSLContext | None:
    try:
        return None if path is None else trusting(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"notices: ca_file: {error}") from None
