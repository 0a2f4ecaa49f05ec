"""The lists of what is on the ledger now: accounts, assets and claimable balances. They cannot be followed."""

from collections.abc import Callable

from constellation.sandbox.accounts import Account, ClaimableBalance
from constellation.sandbox.assets import Asset
from constellation.sandbox.listings import Listing
from constellation.sandbox.problems import bad_request
from constellation.sandbox.queries import Query, parse_account_id, parse_toid
from constellation.sandbox.render.accounts import (
    account_resource,
    asset_resource,
    asset_totals,
    claimable_balance_resource,
    claimable_balance_token,
)
from constellation.sandbox.render.links import Json, Links, format_time
from constellation.sandbox.tape import Page, Tape
from constellation.sandbox.views import View


class Entries:
    """Makes the lists of ledger entries for a client.

    Args:
        look: Returns what the client gets to see of the ledger.
        links: Makes the links.
    """

    def __init__(self, look: Callable[[], View], links: Links) -> None:
        self._look = look
        self._links = links

    def accounts(self, query: Query) -> Listing[str]:
        """Accounts with a given signer, or with a trust line to a given asset."""
        signer, asset = query.get("signer"), query.get("asset")
        if signer is not None:
            parse_account_id(signer, "signer")

            def is_wanted(account: Account) -> bool:
                return signer == account.account_id or signer in account.signers
        elif asset is not None:
            key = _parse_asset(asset)

            def is_wanted(account: Account) -> bool:
                return key in account.trust_lines
        else:
            raise bad_request("filters", "Use at least one of: signer, asset")

        def read(page: Page[str]) -> list[Json]:
            view = self._look()
            tape: Tape[str, Account] = Tape()
            for account in filter(is_wanted, view.state.accounts()):
                tape.append(account.account_id, account)
            return [self.account(view, account) for account in tape.read(page)]

        return Listing(lambda text: parse_account_id(text, "cursor"), read, is_streamed=False)

    def account(self, view: View, account: Account) -> Json:
        """Returns one account."""
        return account_resource(self._links, account, _modified_at(view, account.last_modified_ledger))

    def assets(self, query: Query) -> Listing[str]:
        """Issued assets with their totals."""
        code, issuer = query.get("asset_code"), query.get("asset_issuer")
        if issuer is not None:
            parse_account_id(issuer, "asset_issuer")

        def read(page: Page[str]) -> list[Json]:
            state = self._look().state
            tape = Tape[str, Json]()
            for totals in asset_totals(state.accounts(), state.claimable_balances()):
                if code in {None, totals.asset.code} and issuer in {None, totals.asset.issuer}:
                    tape.append(totals.token, asset_resource(totals, state.peek(totals.asset.issuer)))
            return tape.read(page)

        return Listing(str, read, is_streamed=False)

    def claimable_balances(self, query: Query) -> Listing[str]:
        """Claimable balances, by claimant, sponsor or asset if asked for."""
        claimant, sponsor = query.get("claimant"), query.get("sponsor")
        asset = _parse_asset(query["asset"]) if "asset" in query else None

        def is_wanted(balance: ClaimableBalance) -> bool:
            claimants = {each.account_id for each in balance.claimants}
            is_party = (claimant is None or claimant in claimants) and sponsor in {None, balance.sponsor}
            return is_party and asset in {None, balance.asset}

        def read(page: Page[str]) -> list[Json]:
            view = self._look()
            wanted = filter(is_wanted, view.state.claimable_balances())
            found = {_sortable(claimable_balance_token(balance)): balance for balance in wanted}
            tape = Tape[str, ClaimableBalance]()
            for token, balance in sorted(found.items()):
                tape.append(token, balance)
            return [self.claimable_balance(view, balance) for balance in tape.read(page)]

        return Listing(_sortable, read, is_streamed=False)

    def claimable_balance(self, view: View, balance: ClaimableBalance) -> Json:
        """Returns one claimable balance."""
        modified_at = _modified_at(view, balance.last_modified_ledger)
        return claimable_balance_resource(self._links, balance, modified_at)


def _modified_at(view: View, sequence: int) -> str | None:
    record = view.ledger(sequence)
    return None if record is None else format_time(record.closed_at)


def _parse_asset(text: str) -> Asset:
    try:
        return Asset.parse(text)
    except ValueError:
        raise bad_request("asset", "Asset must be the string `native` or of the form `code:issuer`") from None


def _sortable(token: str) -> str:
    """Returns a claimable balance's token with its ledger padded, so that text sorts like numbers."""
    ledger, _, balance_id = token.partition("-")
    return f"{parse_toid(ledger):019d}-{balance_id}"
