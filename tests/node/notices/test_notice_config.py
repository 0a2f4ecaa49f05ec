import re
from pathlib import Path

import pytest

from constellation.node.config import ConfigurationError, load_config
from constellation.node.keys import KeyFileError
from constellation.node.notices.channels import channels_of
from constellation.node.notices.kinds import Severity

WEBHOOK = '[[notices.webhooks]]\nname = "w"\n'
MAIL = '[[notices.mails]]\nname = "m"\nhost = "mail"\nsender = "a@b"\nto = ["c@d"]\n'
SECRET = "hunter2-hunter2-hunter2"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "node.toml"
    path.write_text(text)
    with pytest.raises((ConfigurationError, KeyFileError)) as found:
        channels_of(load_config(path, {}).notices)
    return str(found.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WEBHOOK, "either a url or a url_file"),
        (WEBHOOK + 'url = "https://h"\nurl_file = "f"', "either a url or a url_file"),
        (WEBHOOK + f'url = "http://example.org/{SECRET}"', "only on this machine"),
        (WEBHOOK + f'url = "https://a:{SECRET}@h/"', "token_file"),
        (WEBHOOK + f'url = "ftp://{SECRET}"', "https:// address"),
        (WEBHOOK + f'url = "https://h:{SECRET}"', "https:// address"),
        (WEBHOOK + f'url = "https://[{SECRET}"', "https:// address"),
        (WEBHOOK + 'url = "https://h"\ntoken = "x"', "notices.webhooks.0.token"),
        (WEBHOOK + 'url = "https://h"\nseverity = "loud"', "notices.webhooks.0.severity"),
        (WEBHOOK.replace('"w"', '"W w"') + 'url = "https://h"', "a name has"),
        ('[[notices.webhooks]]\nurl = "https://h"', "notices.webhooks.0.name"),
        (WEBHOOK + 'url = "https://h"\n[[notices.commands]]\nname = "w"\ncommand = ["/bin/true"]', "name of its own"),
        ('[[notices.commands]]\nname = "c"\ncommand = []', "notices.commands.0.command"),
        ('[[notices.commands]]\nname = "c"\ncommand = ["true"]', "full path"),
        ('[[notices.commands]]\nname = "c"\ncommand = "/bin/true"', "notices.commands.0.command"),
        (MAIL.replace("a@b", "a@b\\nBcc: x@y"), "no mail address"),
        (MAIL + 'user = "u"', "set together"),
        (MAIL + 'user = "u"\npassword_file = "p"\ntls = "none"', "only sent over TLS"),
        (MAIL + 'ca_file = "missing.pem"', "notices: ca_file"),
        ("[notices]\nper_hour = 1", "notices.per_hour"),
        ("[notices]\nreminder_hours = 0", "notices.reminder_hours"),
        ('[notices]\nwebhooks = "x"', "notices.webhooks"),
    ],
)
def test_what_cannot_be_is_refused_and_never_repeated(tmp_path: Path, text: str, words: str) -> None:
    said = refused(tmp_path, text)
    assert words in said
    assert SECRET not in said


def test_secrets_come_from_private_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    for text in (
        WEBHOOK + f'url_file = "{secret}"',
        WEBHOOK + f'url = "https://h"\ntoken_file = "{secret}"',
        MAIL + f'user = "u"\npassword_file = "{secret}"',
    ):
        secret.unlink(missing_ok=True)
        assert "cannot be read" in refused(tmp_path, text)
        secret.write_text(SECRET + "\n")
        secret.chmod(0o644)
        assert "chmod 600" in refused(tmp_path, text)
        secret.chmod(0o600)
        secret.write_text("")
        assert "one line" in refused(tmp_path, text)
        secret.write_text(f"{SECRET}\n{SECRET}\n")
        assert SECRET not in refused(tmp_path, text)
    secret.write_text(f"http://example.org/{SECRET}\n")
    said = refused(tmp_path, WEBHOOK + f'url_file = "{secret}"')
    assert "only on this machine" in said
    assert SECRET not in said


def test_several_of_each_sort(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://hooks.example.org/T0/secret?x=y\n")
    (tmp_path / "url").chmod(0o600)
    path = tmp_path / "node.toml"
    path.write_text(
        WEBHOOK + f'url_file = "{tmp_path / "url"}"\nseverity = "critical"\n'
        + WEBHOOK.replace('"w"', '"v"') + 'url = "http://127.0.0.1:1/x?y=z"\n'
        + '[[notices.commands]]\nname = "c"\ncommand = ["/bin/true", "-x"]\n' + MAIL
    )  # fmt: skip
    channels = channels_of(load_config(path, {}).notices)
    assert [(item.name, item.least) for item in channels] == [
        ("w", Severity.CRITICAL), ("v", Severity.WARNING), ("c", Severity.WARNING), ("m", Severity.WARNING)
    ]  # fmt: skip


def test_lists_in_the_environment_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELLATION_NOTICES__WEBHOOKS", '[{"name": "w", "url": "https://h"}]')
    monkeypatch.setenv("CONSTELLATION_NOTICES__PER_HOUR", "7")
    section = load_config(None, {}).notices
    assert (section.webhooks[0].url, section.per_hour) == ("https://h", 7)
    monkeypatch.setenv("CONSTELLATION_NOTICES__WEBHOOKS", f'[{{"name": "{SECRET}"')
    with pytest.raises(ConfigurationError) as found:
        load_config(None, {})
    assert not re.search(SECRET, str(found.value))
