"""What assets and markets are called: one naming for traders and for whoever serves them."""

from constellation.protocol.messages import AssetIdentity, Settings
from constellation.protocol.settings_json import format_asset


class Names:
    """The names of everything that the settings list.

    An asset is named by its code when only one listed asset has it, and always by ``CODE:ISSUER``; lumens are ``XLM``.
    A market is named by its assets, ``BASE/QUOTE``.

    Args:
        settings: in force.

    Attributes:
        assets: names by asset id.
        markets: names by market id.
    """

    def __init__(self, settings: Settings) -> None:
        identities = [asset.identity for asset in settings.assets]
        codes = [_code(identity) for identity in identities]
        self.assets = [
            code if identity is None or codes.count(code) == 1 else format_asset(identity)
            for code, identity in zip(codes, identities, strict=True)
        ]
        self._asset_ids = {format_asset(identity): number for number, identity in enumerate(identities)}
        self._asset_ids |= {name: number for number, name in enumerate(self.assets)}
        self.markets = [f"{self.assets[market.base]}/{self.assets[market.quote]}" for market in settings.markets]
        self._market_ids = {(market.base, market.quote): number for number, market in enumerate(settings.markets)}

    def asset_id(self, name: str) -> int | None:
        """The id of a listed asset; None when it is not listed, or its code alone is ambiguous."""
        return self._asset_ids.get(name)

    def market_id(self, name: str) -> int | None:
        """The id of a listed market such as ``XLM/USD``; its assets may be named in either way."""
        base, separator, quote = name.partition("/")
        base_id, quote_id = self.asset_id(base), self.asset_id(quote)
        if not separator or base_id is None or quote_id is None:
            return None
        return self._market_ids.get((base_id, quote_id))


def _code(identity: AssetIdentity) -> str:
    return "XLM" if identity is None else identity.code
