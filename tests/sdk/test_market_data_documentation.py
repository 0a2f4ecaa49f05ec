"""What the page about market data says is what there is."""

import asyncio
import re
from pathlib import Path

import pytest

from constellation.chronicler.candles import PERIODS
from constellation.marketdata import FeedCode
from constellation.marketdata.subscriptions import Channel
from constellation.marketdata.view import DEPTHS, GROUPS
from constellation.protocol import limits
from constellation.protocol.messages import Side
from tests.marketdata.feed import Feed, until
from tests.marketdata.flows import Flow

PAGE = (Path(__file__).parents[2] / "docs" / "coding" / "market-data.md").read_text("utf-8")


@pytest.mark.executes("docs/coding/market-data.md", python=1)
async def test_the_example_runs_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    flow = Flow()
    first, second = flow.traders[:2]
    async with Feed(flow.world.settings) as feed:
        flow.order(first, Side.BUY, 9_000, 500)
        flow.order(second, Side.SELL, 11_000, 500)
        feed.hub.take(flow.seal())
        example = found.group(1).replace("wss://data.example.org/v1/ws", feed.url)
        names: dict[str, object] = {}
        exec(example.replace("asyncio.run(main())", ""), names)
        running = asyncio.create_task(names["main"]())  # type: ignore[operator]
        await until(lambda: feed.count("subscriptions", channel="trades") == 1)
        flow.order(first, Side.BUY, 11_000, 100)
        feed.hub.take(flow.seal())
        await asyncio.wait_for(running, 10)
    assert capsys.readouterr().out.splitlines() == [
        f"best bid 0.9000 best ask 1.1000 as of {flow.machine.state.apex - 1}",
        "buy 0.1000000 at 1.1000",
    ]


def test_all_codes_channels_and_choices_are_there() -> None:
    assert all(f"`{code}`" in PAGE for code in FeedCode)
    assert all(f"| `{channel}` |" in PAGE for channel in Channel)
    assert all(f"{period}" in PAGE for period in PERIODS)
    assert ", ".join("**25**" if depth == 25 else str(depth) for depth in DEPTHS) in PAGE
    assert f"{', '.join(map(str, GROUPS[:-1]))} or {GROUPS[-1]} ticks" in PAGE


@pytest.mark.parametrize(
    "text",
    [
        f"{limits.FEED_MESSAGE_MAX_BYTES // 1024} KiB; {limits.FEED_FRAME_MAX_BYTES // 1024} KiB in one frame",
        f"{limits.FEED_MESSAGES_PER_SECOND} a second, {limits.FEED_MESSAGES_BURST} at once",
        f"{limits.FEED_BYTES_PER_SECOND // 1024} KiB a second, {limits.FEED_BYTES_BURST // 1024} KiB at once",
        f"{limits.FEED_FAULTS_MAX} in the life of a connection",
        f"subscriptions of a connection | {limits.FEED_SUBSCRIPTIONS_MAX} |",
        f"together | {limits.FEED_GROUPED_VIEWS_MAX:,} |",
        f"one network address | {limits.FEED_CONNECTIONS_PER_ADDRESS_MAX} |",
        f"candles | {limits.FEED_BUFFER_BYTES // 1024} KiB |",
        f"answers | {limits.FEED_BUFFER_MAX_BYTES // 1024} KiB |",
        f"reading nothing | {limits.FEED_STALL_S:.0f} s |",
        f"without a subscription | {limits.FEED_IDLE_S:.0f} s |",
        f"the last {limits.FEED_RECENT_TRADES_MAX} and",
        f"the last {limits.FEED_CLOSED_CANDLES_MAX} empty candles",
        f"{limits.FEED_WAITING_TRADES_MAX:,} waiting",
        f"more than {limits.FEED_NESTING_MAX} objects",
    ],
)
def test_limits_are_those_in_force(text: str) -> None:
    assert text in " ".join(PAGE.split())
