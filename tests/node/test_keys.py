import errno
import os
import stat
from pathlib import Path

import pytest

from constellation.node.keys import new_key_pair, read_key_file, write_key_file
from constellation.node.secret_files import KeyFileError
from constellation.protocol.strkey import encode_public_key, encode_seed


def test_a_seed_comes_back_from_its_file(tmp_path: Path) -> None:
    key_pair = new_key_pair()
    write_key_file(tmp_path / "node.seed", key_pair)
    assert read_key_file(tmp_path / "node.seed").seed == key_pair.seed
    assert (tmp_path / "node.seed").read_text() == encode_seed(key_pair.seed) + "\n"


def test_every_key_pair_is_another_one() -> None:
    assert len({new_key_pair().public for _ in range(20)}) == 20


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_belongs_to_its_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_key_file(tmp_path / "node.seed", new_key_pair())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "node.seed").stat().st_mode) == 0o600


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "node.seed"
    first = new_key_pair()
    write_key_file(path, first)
    with pytest.raises(KeyFileError, match="exists already; a seed is never overwritten"):
        write_key_file(path, new_key_pair())
    assert read_key_file(path).seed == first.seed


def test_a_link_is_not_followed_to_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "node.seed").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError, match="exists already"):
        write_key_file(tmp_path / "node.seed", new_key_pair())
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"missing/node\.seed cannot be written: No such file or directory"):
        write_key_file(tmp_path / "missing" / "node.seed", new_key_pair())


def test_a_full_disk_leaves_no_half_written_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left on device"):
        write_key_file(tmp_path / "node.seed", new_key_pair())
    assert not (tmp_path / "node.seed").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601, 0o777])
def test_a_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "node.seed"
    write_key_file(path, new_key_pair())
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=rf"\(mode {mode:04o}\); run: chmod 600"):
        read_key_file(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_file_is_read(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "node.seed"
    write_key_file(path, new_key_pair())
    path.chmod(mode)
    read_key_file(path)


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"none\.seed cannot be read: No such file or directory"):
        read_key_file(tmp_path / "none.seed")
    with pytest.raises(KeyFileError, match="cannot be read: Is a directory"):
        read_key_file(tmp_path)


def damaged(seed: str) -> list[str]:
    return [
        seed[:-1],
        seed + "A",
        seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:],
        seed.lower(),
        "\u00e9" + seed[1:],
        f"{seed} {seed}",
    ]


def test_errors_never_repeat_a_seed(tmp_path: Path) -> None:
    seed = encode_seed(new_key_pair().seed)
    path = tmp_path / "node.seed"
    for content in damaged(seed):
        path.write_text(content, "utf-8")
        path.chmod(0o600)
        with pytest.raises(KeyFileError) as caught:
            read_key_file(path)
        assert caught.value.__cause__ is None
        assert seed[10:40] not in str(caught.value).upper()


def test_a_public_key_is_no_seed(tmp_path: Path) -> None:
    path = tmp_path / "node.seed"
    path.write_text(encode_public_key(new_key_pair().public))
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=r"not a secret seed \(S…\)"):
        read_key_file(path)


def test_a_seed_in_the_place_of_a_path_is_not_repeated(tmp_path: Path) -> None:
    seed = encode_seed(new_key_pair().seed)
    for path in (Path(seed), tmp_path / seed):
        with pytest.raises(KeyFileError, match="the path of a seed file is needed here") as caught:
            read_key_file(path)
        assert seed not in str(caught.value)
        with pytest.raises(KeyFileError, match="the path of a seed file is needed here"):
            write_key_file(path, new_key_pair())
        assert not path.exists()


def test_the_text_of_a_key_pair_is_its_public_key() -> None:
    key_pair = new_key_pair()
    for text in (repr(key_pair), str(key_pair), f"{[key_pair]}"):
        assert key_pair.address in text
        assert encode_seed(key_pair.seed) not in text
        assert key_pair.seed.hex() not in text
        assert repr(key_pair.seed) not in text
