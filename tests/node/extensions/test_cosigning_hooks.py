"""What an auditor's extensions say about withdrawals; one that does not say it keeps all of them unsigned."""

from collections import UserDict
from collections.abc import Callable, Sequence

import pytest

from constellation.extensions import WithdrawalInQuestion
from constellation.node.extensions.cosigning import CosigningHooks
from constellation.protocol.amounts import ONE
from tests.node.extensions.foreign import RAISING, Behaving, Watched, behaving, raises
from tests.node.test_task_signing import Auditor

ITEMS = [WithdrawalInQuestion(bytes([number] * 32), "GA", "GB", "native", number) for number in (1, 2, 3)]
ONE_KEY, TWO_KEY, THREE_KEY = (item.transaction for item in ITEMS)


class Odd(UserDict):  # type: ignore[type-arg]
    def items(self) -> object:  # type: ignore[override]
        raise SystemExit


def hooks(*behaviours: Behaving) -> tuple[CosigningHooks, list[Watched]]:
    watched = [Watched("cosigning") for _ in behaviours]
    return CosigningHooks([(item.caller, hook) for item, hook in zip(watched, behaviours, strict=True)]), watched


async def test_all_must_agree_and_each_is_asked_about_what_is_left() -> None:
    with behaving(lambda _: {ONE_KEY: "one\x1b[2J\nmore"}) as first, behaving(lambda _: {TWO_KEY: "two"}) as second:
        both, _ = hooks(first, second)
        assert await both.refusals(ITEMS) == {
            ONE_KEY: "the extension foreign refuses: one [2J more", TWO_KEY: "the extension foreign refuses: two",
        }  # fmt: skip
        assert first.calls == [(tuple(ITEMS),)]
        assert second.calls == [(tuple(ITEMS[1:]),)]


BAD: list[Callable[..., object]] = [
    *map(raises, RAISING),
    lambda _: None,
    lambda _: [ONE_KEY],
    lambda _: {b"other": "no"},
    lambda _: {ONE_KEY: None},
    lambda _: {ONE_KEY.hex(): "no"},
    lambda _: Odd(),
]


@pytest.mark.parametrize("behave", BAD)
async def test_without_an_answer_nothing_is_signed(behave: Callable[..., object]) -> None:
    with behaving(behave) as hook:
        wrong, (watched,) = hooks(hook)
        found = await wrong.refusals(ITEMS)
    assert sorted(found) == [ONE_KEY, TWO_KEY, THREE_KEY]
    assert set(found.values()) == {f"the extension foreign gives no answer: {watched.record.last_failure}"}
    assert watched.count("raised") + watched.count("nonsense") == 1


class Rules:
    """An operator's rules, which note what they let pass."""

    def __init__(self) -> None:
        self.passed: list[bytes] = []

    def refusals(self, withdrawals: Sequence[WithdrawalInQuestion]) -> dict[bytes, str]:
        self.passed += [item.transaction for item in withdrawals]
        return {}


async def test_an_auditor_signs_what_its_extension_lets_pass_and_shows_the_rest() -> None:
    auditor, rules = Auditor(), Rules()
    auditor.signing._policy = rules
    with behaving() as hook:
        hook.behave = hook.hang
        auditor.signing._hooks, (watched,) = hooks(hook)
        auditor.signing.stream_started()
        auditor.certify()
        auditor.withdraw()
        auditor.replay()
        auditor.certify()
        await auditor.signing.sign()
        assert auditor.sent == rules.passed == []
        assert "no answer in 0.2 s" in str(auditor.signing.describe())
        hook.gate.set()
        (transaction,) = auditor.prepared
        hook.behave = lambda _: {transaction: "not today"}
        await auditor.signing.sign()
        assert auditor.sent == rules.passed == []
        assert [item["reason"] for item in auditor.signing.describe()] == ["the extension foreign refuses: not today"]
        assert hook.calls[-1][0][0].amount_stroops == ONE
        hook.behave = lambda _: {}
        await auditor.signing.sign()
        assert auditor.sent == rules.passed == [transaction]
        assert watched.count("answered") == 2


async def test_it_is_not_asked_about_what_is_no_withdrawal_of_an_account() -> None:
    with behaving(raises(ValueError())) as hook:
        some, _ = hooks(hook)
        assert await some.refusals([]) == {}
        assert hook.calls == []
