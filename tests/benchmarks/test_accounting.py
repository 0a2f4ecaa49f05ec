import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.accounting import NotAccounted, cpu_s, process_time, tree_cpu_s

_BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
_WAIT = "print('done', flush=True)\ninput()\n"


@contextmanager
def process(program: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has said that it has done its work, and waits."""
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
        yield child
        assert child.stdin is not None
        child.stdin.close()


def test_a_process_is_accounted_what_it_has_used() -> None:
    with process(_BURN.format(seconds=0.3) + _WAIT) as child:
        assert 0.28 <= cpu_s(child.pid) <= 0.6
        assert process_time(child.pid).parent == os.getpid()


@pytest.mark.parametrize("has_ended", [True, False])
def test_children_count_for_the_tree_and_not_for_the_process(has_ended: bool) -> None:
    burning = f"[sys.executable, '-c', {_BURN.format(seconds=0.3) + _WAIT!r}]"
    program = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({burning}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
    )
    program += "child.communicate()\n" if has_ended else ""
    with process(program + _WAIT + "child.communicate()\n") as child:
        assert cpu_s(child.pid) < 0.25
        assert 0.28 <= tree_cpu_s(child.pid) <= 1.0


def test_a_name_with_brackets_is_no_end_of_the_name() -> None:
    name = "a) R (b"
    program = f"open('/proc/self/comm', 'w').write({name!r})\n" + _WAIT
    with process(program) as child:
        assert process_time(child.pid).parent == os.getpid()


def test_who_has_ended_is_not_accounted() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(NotAccounted, match=str(child.pid)):
        cpu_s(child.pid)
