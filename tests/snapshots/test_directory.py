import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from constellation.snapshots import DataDirectory, DirectoryInUse

HOLD = """
import sys, time
from pathlib import Path
from constellation.snapshots import DataDirectory
with DataDirectory(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the directory."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_is_made_private(tmp_path) -> None:
    with DataDirectory(tmp_path / "deep" / "data") as directory:
        assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700
        assert directory.log_path == tmp_path / "deep" / "data" / "log.sqlite"


def test_two_processes_never_share_it(tmp_path, holder) -> None:
    with pytest.raises(DirectoryInUse, match="in use by another process"):
        DataDirectory(tmp_path / "data")


def test_the_lock_dies_with_its_process(tmp_path, holder) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with DataDirectory(tmp_path / "data"):
        pass


def test_not_even_one_process_holds_it_twice(tmp_path) -> None:
    with DataDirectory(tmp_path / "data"), pytest.raises(DirectoryInUse):
        DataDirectory(tmp_path / "data")
    with DataDirectory(tmp_path / "data"):
        pass


def test_the_lock_is_not_inherited_by_children(tmp_path) -> None:
    program = "import time; print('running', flush=True); time.sleep(30)"
    with DataDirectory(tmp_path / "data"):
        child = subprocess.Popen([sys.executable, "-c", program], close_fds=False, stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "running\n"
    try:
        with DataDirectory(tmp_path / "data"):
            pass
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_a_place_that_cannot_be_used_is_noticed_at_start(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(OSError, match="file"):
            DataDirectory(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_place_is_noticed_at_start(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o500)
    with pytest.raises(PermissionError):
        DataDirectory(tmp_path / "data")
    with pytest.raises(PermissionError):
        DataDirectory(tmp_path / "data" / "deeper")


def test_a_read_only_file_system_is_noticed_at_start(tmp_path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    with DataDirectory(place / "data"):
        pass
    command = ["mount", "--bind", "-o", "ro", str(place), str(place)]
    mount = subprocess.run(command, capture_output=True, check=False)
    if mount.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {mount.stderr.decode().strip()}")
    try:
        for path in (place / "data", place / "other"):
            with pytest.raises(OSError, match="Read-only file system"):
                DataDirectory(path)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
