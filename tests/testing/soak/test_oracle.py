"""The soak's oracles are shown histories and journals that fit, and each way in which they can fail to."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from constellation.load.journal import Certified, Entry, Left, Shown, Skipped, Unknown, request_hash
from constellation.protocol.messages import LimitOrder, Payment, Side, SignedRequest, TimeInForce
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import SealedBatch, Tip, seal
from constellation.testing import World
from constellation.testing.soak.findings import Violation
from constellation.testing.soak.oracle import Oracle
from constellation.testing.world import ONE, START_US, key_of

Edit = Callable[[list[Entry]], list[Entry]]


class Past:
    """Twelve batches of two traders who trade and pay, and the journal that their clients would have written."""

    def __init__(self) -> None:
        world = World()
        machine, tip = world.machine(), Tip.genesis(world.settings)
        traders = [key_of("alice"), key_of("bob")]
        self.accounts = [trader.address for trader in traders]
        deposits = ((trader, asset, 1_000_000 * ONE) for trader in traders for asset in (0, 1))
        executed = [machine.execute(START_US, world.deposits(machine, *deposits))]
        random = Random(1)
        self.batches: list[SealedBatch] = []
        for _ in range(12):
            sealed = seal(machine, executed, tip, 1, checkpoint=False)
            tip, executed = sealed.tip, []
            self.batches.append(sealed)
            for _ in range(random.randint(1, 4)):
                who = random.choice(traders)
                other = traders[1 - traders.index(who)]
                side = random.choice((Side.BUY, Side.SELL))
                order = LimitOrder(0, side, 2500, 10 * ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
                operation = random.choice((order, Payment(other.public, 0, ONE)))
                executed.append(machine.execute(START_US + machine.state.apex, world.request(who, operation)))
        self.journal: list[Entry] = []
        for sealed in self.batches:
            self._tell(sealed)
        self.journal += [Left(address, self._last(address)) for address in self.accounts]

    def _tell(self, sealed: SealedBatch) -> None:
        number, digest = sealed.header.number, sealed.digest.hex()
        for executed in sealed.executed:
            body = executed.quantum.body
            for group in executed.groups:
                if encode_public_key(group.account) not in self.accounts:
                    continue
                is_own = isinstance(body, SignedRequest) and group.account == body.request.account
                own = request_hash(body) if is_own else ""
                last = group.first_number + len(group.effects) - 1
                where = (encode_public_key(group.account), executed.leaf.apex, number, digest)
                self.journal.append(Shown(*where, group.first_number, last, sha256(group.to_xdr()).hexdigest(), own))
        self.journal.append(Certified(number, digest, number, digest))

    def _last(self, address: str) -> int:
        return max(item.last for item in self.journal if isinstance(item, Shown) and item.account == address)


PAST = Past()


def judge(journal: Iterable[Entry], batches: Iterable[SealedBatch], seed: int = 0) -> Oracle:
    """What becomes of a journal and a history that arrive by turns."""
    random = Random(seed)
    oracle = Oracle(PAST.accounts)
    told, happened = list(journal)[::-1], list(batches)[::-1]
    while told or happened:
        if told and (not happened or random.random() < 0.7):
            oracle.take_entry(told.pop())
        else:
            oracle.take_batch(happened.pop())
    oracle.finish()
    return oracle


@pytest.mark.parametrize("seed", range(20))
def test_what_fits_is_found_to_fit_whichever_comes_first(seed: int) -> None:
    oracle = judge(PAST.journal, PAST.batches, seed)
    shown = [item for item in PAST.journal if isinstance(item, Shown)]
    assert oracle.checked == {
        "acknowledged": sum(bool(item.request) for item in shown),
        "effects": len(shown),
        "certificates": len(PAST.batches),
    }


def test_answers_and_events_may_be_told_in_any_order() -> None:
    told = PAST.journal[:-2]
    Random(1).shuffle(told)
    judge([*told, *PAST.journal[-2:]], PAST.batches)


def index(journal: list[Entry], what: type[Entry], *, answer: bool = False) -> int:
    """The place of an entry in the middle."""
    places = [
        place
        for place, item in enumerate(journal)
        if isinstance(item, what) and (not isinstance(item, Shown) or bool(item.request) == answer)
    ]
    return places[len(places) // 2]


def edited(what: type[Entry], changes: Callable[[Entry], list[Entry]], *, answer: bool = False) -> Edit:
    def edit(journal: list[Entry]) -> list[Entry]:
        place = index(journal, what, answer=answer)
        return [*journal[:place], *changes(journal[place]), *journal[place + 1 :]]

    return edit


OTHER = "ab" * 32
LIES: dict[str, tuple[Edit, str]] = {
    "an acknowledged operation is lost": (
        edited(Shown, lambda item: [replace(item, request=OTHER)], answer=True), "acknowledged"),  # type: ignore[call-arg, arg-type]
    "an operation was executed, and its client was told otherwise": (
        edited(Shown, lambda item: [replace(item, request="")], answer=True), "acknowledged"),  # type: ignore[call-arg, arg-type]
    "it was acknowledged as another quantum": (
        edited(Shown, lambda item: [replace(item, apex=item.apex + 1)], answer=True), ""),  # type: ignore[call-arg, arg-type, union-attr]
    "other effects were shown": (
        edited(Shown, lambda item: [replace(item, group=OTHER)]), "effects"),  # type: ignore[call-arg, arg-type]
    "effects were shown under another header": (
        edited(Shown, lambda item: [replace(item, header=OTHER)]), "certificates"),  # type: ignore[call-arg, arg-type]
    "effects were shown in another batch": (
        edited(Shown, lambda item: [replace(item, batch=item.batch + 1)]), "effects"),  # type: ignore[call-arg, arg-type, union-attr]
    "effects were told twice": (edited(Shown, lambda item: [item, item]), "effects"),
    "effects were never told": (edited(Shown, lambda item: []), "effects"),
    "a certificate of another header": (
        edited(Certified, lambda item: [replace(item, signed_header=OTHER)]), "certificates"),  # type: ignore[call-arg, arg-type]
    "a batch was final under another header": (
        edited(Certified, lambda item: [replace(item, header=OTHER)]), "certificates"),  # type: ignore[call-arg, arg-type]
    "a certificate of a batch that never was": (
        edited(Certified, lambda item: [replace(item, signed_batch=99)]), "certificates"),  # type: ignore[call-arg, arg-type]
    "a client did not leave in good order": (edited(Left, lambda item: []), "effects"),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("lie", LIES)
def test_every_lie_is_found(lie: str, seed: int) -> None:
    edit, oracle = LIES[lie]
    with pytest.raises(Violation) as found:
        judge(edit(PAST.journal), PAST.batches, seed)
    assert found.value.oracle == oracle or not oracle


def test_a_request_that_is_executed_twice_is_found() -> None:
    batch = PAST.batches[-1]
    twice = replace(batch, executed=[*batch.executed, batch.executed[-1]])
    with pytest.raises(Violation, match="executed twice"):
        judge([], [*PAST.batches[:-1], twice])


def test_effects_that_are_missing_in_the_history_are_found() -> None:
    batch = PAST.batches[5]
    with pytest.raises(Violation, match="effects: quantum"):
        judge([], [*PAST.batches[:5], replace(batch, executed=batch.executed[1:]), *PAST.batches[6:]])


@pytest.mark.parametrize("seed", range(5))
def test_an_unknown_outcome_may_have_been_executed_or_not(seed: int) -> None:
    unknown = edited(
        Shown,
        lambda item: [Unknown(item.account, item.request), replace(item, request="")],
        answer=True,  # type: ignore[union-attr, call-arg, arg-type]
    )
    journal = [Unknown(PAST.accounts[0], OTHER), *unknown(PAST.journal)]
    assert judge(journal, PAST.batches, seed).unknown_executed == 1


@pytest.mark.parametrize("seed", range(5))
def test_what_alpha_could_not_show_any_more_need_not_be_told(seed: int) -> None:
    skipped = edited(Shown, lambda item: [Skipped(item.account, item.first, item.last)])  # type: ignore[union-attr]
    judge(skipped(PAST.journal), PAST.batches, seed)
