"""The runner of the drills itself: whatever a page says wrongly, it notices."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.drills import drill as module
from tests.drills.drill import Drill

A, B = "G" + "A" * 55, "G" + "B" * 55


class Place:
    """Machines without nodes."""

    client_url, horizon_url = "ws://127.0.0.1:1", "http://127.0.0.1:2"
    ports = SimpleNamespace(cluster=3)

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = ""
        for name in ("alpha", "auditor-1"):
            self.place(name).mkdir(parents=True)

    def place(self, machine: str) -> Path:
        return self.directory / "machines" / machine

    def log_of(self, _machine: str) -> str:
        return self.log

    def status_url(self, _machine: str) -> str:
        return "http://127.0.0.1:4"


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(module, "_LOG_TIMEOUT_S", 0.2)
    return Place(tmp_path)


def page(machines: Place, text: str) -> Drill:
    path = machines.directory / "page.md"
    path.write_text(text.replace("~~~", "```"))
    place: Any = machines
    return Drill(str(path), place)


def console(machines: Place, text: str, where: str = "on alpha") -> Drill:
    return page(machines, f"# A\n\n   <!-- {where} -->\n   ~~~console\n   {text}\n   ~~~\n")


async def test_commands_are_typed_where_the_page_says(machines: Place) -> None:
    drill = page(
        machines,
        f"# A\n\n<!-- on alpha -->\n~~~console\n$ echo {A} | tee address\nGXYZ…WXYZ\n"
        "$ scp address \\\n    auditor-1:\n~~~\n\n## B\n\n<!-- on auditor-1 -->\n~~~console\n$ cat address\nGXYZ…WXYZ\n"
        "$ echo one two; echo wss://alpha.example.org:7002 GXYZ…WXYZ\n…\nwss://alpha.example.org:7002 …\n~~~\n",
    )
    await drill.follow("")
    with pytest.raises(AssertionError, match="not followed"):
        drill.finish()
    await drill.follow("B")
    drill.finish()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$ false", "exit code 1"),
        ("$ false | cat", "exit code 1"),
        ("$ echo $UNKNOWN", "unbound variable"),
        ("$ echo a\n   b", "should print"),
        ("$ echo a; echo b\n   a", "should print"),
        ("$ echo a; echo b\n   …", "nobody"),
        (f"$ echo {A} {B}\n   GXYZ…WXYZ GXYZ…WXYZ", "should print"),
        ("$ echo GXYZ…WXYZ", "has not shown the address"),
        ("$ echo …", "cannot be typed"),
        ("echo a", "not behind a prompt"),
        ("$ constellation dance", "No such command"),
    ],
)
async def test_what_is_wrong_is_noticed(machines: Place, text: str, why: str) -> None:
    drill = console(machines, text, "on the moon" if why == "nobody" else "on alpha")
    with pytest.raises(AssertionError, match=why):
        await drill.follow("")


async def test_a_log_must_have_the_lines(machines: Place) -> None:
    text = "# A\n\n<!-- log of alpha -->\n~~~text\nauditor disconnected   auditor=GXYZ…WXYZ\n~~~\n\n"
    drill = page(machines, text + "<!-- on alpha -->\n~~~console\n$ echo GXYZ…WXYZ\n" + f"{A}\n~~~\n")
    machines.log = f"12:00 [info ] auditor   disconnected auditor={A}\n"
    await drill.follow("")
    machines.log = f"auditor\ndisconnected auditor={A}\n"
    with pytest.raises(AssertionError, match="should log"):
        await page(machines, text).follow("")
