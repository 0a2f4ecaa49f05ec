"""``/.well-known/stellar.toml`` as wallets read it, and what an operator may put into it."""

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from stellar_sdk.sep.stellar_toml import fetch_stellar_toml

from constellation.marketdata.http.stellar_toml import Published, stellar_toml
from constellation.node.config import ConfigurationError, NodeConfig, load_config
from constellation.node.http import StatusServer
from constellation.node.organisation import CURRENCIES_MAX, PRINCIPALS_MAX, OrganisationSection
from constellation.node.stellar_toml_route import stellar_toml_routes
from constellation.protocol.messages import AssetSettings, ChannelSettings, CreditAsset, Settings
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.testing.world import World, key_of
from tests.chronicler.chain import Chain
from tests.marketdata.http_server import serving, write_chain

MAX_BYTES = 100_000
"""SEP-1 lets readers refuse what is longer than 100 KB."""

WORLD = World()
PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "stellar-toml.md").read_text("utf-8")


def document(settings: Settings = WORLD.settings, published: Published | None = None) -> dict[str, Any]:
    text = stellar_toml(settings, published or Published())
    assert len(text.encode()) <= MAX_BYTES
    return tomllib.loads(text)


def configured(text: str, tmp_path: Path) -> NodeConfig:
    (tmp_path / "alpha.toml").write_text(text, "utf-8")
    return load_config(tmp_path / "alpha.toml", {})


def test_without_configuration_it_says_what_the_settings_say() -> None:
    settings = WORLD.settings
    found = document()
    assert found.keys() == {"VERSION", "NETWORK_PASSPHRASE", "ACCOUNTS", "CURRENCIES"}
    assert found["NETWORK_PASSPHRASE"] == settings.network_passphrase
    assert found["ACCOUNTS"][0] == encode_public_key(settings.vault)
    assert found["ACCOUNTS"][1:] == [encode_public_key(channel.account) for channel in settings.channels]
    listed = [asset.identity for asset in settings.assets if asset.identity is not None]
    assert len(listed) == len(settings.assets) - 1
    assert found["CURRENCIES"] == [
        {"code": item.code, "issuer": encode_public_key(item.issuer), "status": "test", "display_decimals": 7}
        for item in listed
    ]


def test_on_the_public_network_assets_are_live() -> None:
    world = World()
    world.settings.network_passphrase = "Public Global Stellar Network ; September 2015"
    assert {item["status"] for item in document(world.settings)["CURRENCIES"]} == {"live"}


def test_the_page_s_configuration_makes_this_document(tmp_path: Path) -> None:
    [text] = re.findall(r"<!-- configuration -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
    [asset] = re.findall(r'asset = "USD:(\w+)"', text)
    dollar = next(item.identity for item in WORLD.settings.assets if item.identity and item.identity.code == "USD")
    text = text.replace(asset, encode_public_key(dollar.issuer))
    found = document(published=configured(text, tmp_path).organisation.published())
    assert found["DOCUMENTATION"] == {
        "ORG_NAME": "Example Exchange Ltd",
        "ORG_URL": "https://example.org",
        "ORG_LOGO": "https://example.org/logo.png",
        "ORG_DESCRIPTION": "Runs alpha of the Example constellation.",
        "ORG_GITHUB": "example",
        "ORG_OFFICIAL_EMAIL": "office@example.org",
        "ORG_SUPPORT_EMAIL": "help@example.org",
        "ORG_LICENSING_AUTHORITY": "Example Financial Authority",
        "ORG_LICENSE_TYPE": "exchange",
        "ORG_LICENSE_NUMBER": "1234",
    }
    assert found["PRINCIPALS"] == [{"name": "Ada Example", "email": "ada@example.org"}]
    [shown] = [item for item in found["CURRENCIES"] if item["code"] == "USD"]
    assert shown["name"] == "Dollar"
    assert shown["conditions"] == "https://example.org/conditions"
    assert shown["issuer"] == encode_public_key(dollar.issuer)


NASTY = ['"', "\\", '"""', "']", "# no comment", "ü — 中 🚀", "a\\u0041", "=", "[x]"]


@pytest.mark.parametrize("value", NASTY)
def test_whatever_is_printable_comes_out_as_it_went_in(value: str) -> None:
    section = OrganisationSection.model_validate({"name": value, "principals": [{"name": value}]})
    found = document(published=section.published())
    assert found["DOCUMENTATION"] == {"ORG_NAME": value}
    assert found["PRINCIPALS"] == [{"name": value}]


ISSUER = encode_public_key(key_of("issuer").public)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = ""', "organisation.name"),
        (f'name = "{"x" * 201}"', "organisation.name"),
        (f'description = "{"x" * 501}"', "organisation.description"),
        ('name = "a\\nSIGNING_KEY=1"', "one line of printable characters"),
        ('name = "\\u007f"', "one line of printable characters"),
        ('name = "\\u202e"', "one line of printable characters"),
        ('url = "http://example.org"', "no https:// address"),
        ('url = "https://user@example.org"', "no https:// address"),
        ('logo = "https://"', "no https:// address"),
        ('official_email = "nobody"', "no mail address"),
        ('phone_number = "call me"', "organisation.phone_number"),
        ('nmae = "x"', "organisation.nmae"),
        ('[[organisation.principals]]\nemail = "a@example.org"', "principals.0.name"),
        ('[[organisation.currencies]]\nasset = "native"', "lumens have no issuer"),
        ('[[organisation.currencies]]\nasset = "USD"', "organisation.currencies.0.asset"),
        (f'[[organisation.currencies]]\nasset = "USD:{ISSUER}"\ndisplay_decimals = 8', "display_decimals"),
        (f'[[organisation.currencies]]\nasset = "USD:{ISSUER}"\nstatus = "good"', "currencies.0.status"),
    ],
)
def test_what_is_wrong_is_refused_at_the_start(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        configured(f"[organisation]\n{text}\n", tmp_path)


def test_a_currency_that_is_not_listed_is_not_shown() -> None:
    section = OrganisationSection.model_validate({"currencies": [{"asset": f"NEW:{ISSUER}", "name": "New"}]})
    assert document(published=section.published()) == document()


def test_the_longest_document_is_one_that_readers_accept() -> None:
    world, line, paragraph = World(), "🚀" * 50, "🚀" * 125
    issued = [CreditAsset("LONGESTCODE1", key_of(f"issuer {number}").public) for number in range(255)]
    world.settings.assets = [AssetSettings(None, 1, 0), *(AssetSettings(identity, 1, 0) for identity in issued)]
    world.settings.channels = [ChannelSettings(key_of(f"channel {number}").public, 1) for number in range(64)]
    web, mail = f"https://example.org/{'x' * 180}", f"{'x' * 188}@example.org"
    texts = {name: line for name in OrganisationSection.model_fields if name not in ("principals", "currencies")}
    texts |= {"description": paragraph, "phone_number": "+141555526710123"}
    texts |= dict.fromkeys(("url", "logo", "horizon_url"), web) | dict.fromkeys(
        ("official_email", "support_email"), mail
    )
    principal = {"email": mail, **dict.fromkeys(("name", "keybase", "telegram", "twitter", "github"), line)}
    more = {"name": "🚀" * 20, "desc": paragraph, "conditions": paragraph, "image": web}
    section = OrganisationSection.model_validate(
        {
            **texts,
            "principals": [principal] * PRINCIPALS_MAX,
            "currencies": [{"asset": format_asset(item), **more} for item in issued[:CURRENCIES_MAX]],
        }
    )
    found = document(world.settings, section.published())
    assert len(found["CURRENCIES"]) == 255


# --- served


async def look(url: str) -> dict[str, Any]:
    """As a wallet does, and as a browser does."""
    found = await asyncio.to_thread(fetch_stellar_toml, url.removeprefix("http://"), None, True)
    async with aiohttp.ClientSession() as session, session.get(f"{url}/.well-known/stellar.toml") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert tomllib.loads(await answer.text()) == found
    return dict(found)


async def test_alphas_port_has_it() -> None:
    published = OrganisationSection(name="Ümläut Ltd").published()
    routes = stellar_toml_routes(lambda: WORLD.settings, published)
    server = StatusServer(lambda: {"ready": True}, CollectorRegistry(), "127.0.0.1", 0, routes=routes)
    port = await server.start()
    try:
        assert await look(f"http://127.0.0.1:{port}") == document(published=published)
    finally:
        await server.stop()


async def test_a_feed_server_has_it(tmp_path: Path) -> None:
    chain = Chain(batches=30, quanta=30)
    engine = write_chain(tmp_path / "c.sqlite", chain)
    published = OrganisationSection(name="Example").published()
    async with serving(chain, engine, published=published) as asker:
        found = await look(asker.url)
    engine.dispose()
    assert found == document(chain.machine.state.settings, published)
