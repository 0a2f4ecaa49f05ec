"""The file beside an auditor's key that has seen its log."""

import asyncio
from pathlib import Path

import pytest

from constellation.node.witness import Witness
from constellation.snapshots import Standing

CONSTELLATION, OTHER = bytes(32), bytes([1]) * 32


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "node.seed", CONSTELLATION)


def again(witness: Witness, constellation: bytes = CONSTELLATION) -> Witness:
    """As the next start opens it."""
    return Witness(witness.path.with_name("node.seed"), constellation)


def test_it_is_beside_the_key_file_and_its_name_says_whose_it_is(tmp_path: Path, witness: Witness) -> None:
    witness.write(Standing(1, 2))
    assert [path.name for path in tmp_path.iterdir()] == ["node.seed.witness"]


@pytest.mark.parametrize(
    ("epoch", "certified", "is_ahead"),
    [(3, 7, False), (4, 7, False), (3, 8, False), (2, 7, True), (3, 6, True), (2, 8, True), (4, 6, True), (0, 0, True)],
)
def test_it_is_ahead_of_a_log_that_says_less_of_anything(
    witness: Witness, epoch: int, certified: int, is_ahead: bool
) -> None:
    witness.write(Standing(3, 7))
    assert again(witness).is_ahead_of(Standing(epoch, certified)) is is_ahead


def test_without_one_or_for_another_constellation_it_says_nothing(witness: Witness) -> None:
    assert not witness.is_ahead_of(Standing(0, 0))
    witness.write(Standing(3, 7))
    assert not again(witness, OTHER).is_ahead_of(Standing(0, 0))


@pytest.mark.parametrize("content", ["", "{", "[]", "7", "{}", '{"constellation": "%s", "epoch": null}', "\x00" * 80])
def test_a_damaged_one_says_nothing(witness: Witness, content: str) -> None:
    witness.path.write_text(content % CONSTELLATION.hex() if "%s" in content else content)
    assert not witness.is_ahead_of(Standing(0, 0))
    witness.path.write_bytes(b"\xff\xfe")
    assert not witness.is_ahead_of(Standing(0, 0))


class Auditor:
    """The log and the replica, as far as the witness looks at them."""

    def __init__(self) -> None:
        self.is_recovering = False
        self.now = Standing(1, 1)
        self.looks = 0

    async def standing(self) -> Standing:
        self.looks += 1
        return self.now

    async def looked(self) -> None:
        looks = self.looks
        async with asyncio.timeout(10):
            while self.looks < looks + 2:
                await asyncio.sleep(0.005)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.witness._INTERVAL_S", 0.001)


@pytest.mark.usefixtures("quick")
async def test_it_follows_the_log_except_while_the_auditor_recovers(witness: Witness) -> None:
    auditor = Auditor()
    keeping = asyncio.create_task(witness.keep(auditor, auditor))  # type: ignore[arg-type]
    await auditor.looked()
    assert not again(witness).is_ahead_of(Standing(1, 1))
    assert again(witness).is_ahead_of(Standing(1, 0))
    auditor.now = Standing(2, 5)
    await auditor.looked()
    assert again(witness).is_ahead_of(Standing(2, 4))
    auditor.is_recovering, auditor.now = True, Standing(1, 3)
    await auditor.looked()
    assert again(witness).is_ahead_of(auditor.now), "the next start must not take the log for whole"
    auditor.is_recovering, auditor.now = False, Standing(1, 9)
    await auditor.looked()
    assert not again(witness).is_ahead_of(auditor.now), "it has recovered"
    keeping.cancel()


@pytest.mark.usefixtures("quick")
async def test_where_it_cannot_be_written_it_gives_up_and_nothing_else_happens(tmp_path: Path) -> None:
    witness, auditor = Witness(tmp_path / "nowhere" / "node.seed", CONSTELLATION), Auditor()
    await asyncio.wait_for(witness.keep(auditor, auditor), 10)  # type: ignore[arg-type]
    assert auditor.looks == 1
