"""Against the published vectors of SEP-5."""

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import read_key_file
from constellation.node.mnemonics import WORDS, MnemonicError, derive_key_pair, new_mnemonic
from constellation.protocol.strkey import encode_seed

VECTORS = (
    (
        "resource asthma orphan phone ice canvas fire useful arch jewel impose vague theory cushion top",
        "",
        {
            0: (
                "GAVXVW5MCK7Q66RIBWZZKZEDQTRXWCZUP4DIIFXCCENGW2P6W4OA34RH",
                "SAKS7I2PNDBE5SJSUSU2XLJ7K5XJ3V3K4UDFAHMSBQYPOKE247VHAGDB",
            ),
            9: (
                "GB3C6RRQB3V7EPDXEDJCMTS45LVDLSZQ46PTIGKZUY37DXXEOAKJIWSV",
                "SDHRG2J34MGDAYHMOVKVJC6LX2QZMCTIKRO5I4JQ6BJQ36KVL6QUTT72",
            ),
        },
    ),
    (
        "bench hurt jump file august wise shallow faculty impulse spring exact slush thunder author capable act "
        "festival slice deposit sauce coconut afford frown better",
        "",
        {
            0: (
                "GC3MMSXBWHL6CPOAVERSJITX7BH76YU252WGLUOM5CJX3E7UCYZBTPJQ",
                "SAEWIVK3VLNEJ3WEJRZXQGDAS5NVG2BYSYDFRSH4GKVTS5RXNVED5AX7",
            ),
            1: (
                "GB3MTYFXPBZBUINVG72XR7AQ6P2I32CYSXWNRKJ2PV5H5C7EAM5YYISO",
                "SBKSABCPDWXDFSZISAVJ5XKVIEWV4M5O3KBRRLSPY3COQI7ZP423FYB4",
            ),
        },
    ),
    (
        "cable spray genius state float twenty onion head street palace net private method loan turn phrase state "
        "blanket interest dry amazing dress blast tube",
        "p4ssphr4se",
        {
            0: (
                "GDAHPZ2NSYIIHZXM56Y36SBVTV5QKFIZGYMMBHOU53ETUSWTP62B63EQ",
                "SAFWTGXVS7ELMNCXELFWCFZOPMHUZ5LXNBGUVRCY3FHLFPXK4QPXYP2X",
            ),
            9: (
                "GBOSMFQYKWFDHJWCMCZSMGUMWCZOM4KFMXXS64INDHVCJ2A2JAABCYRR",
                "SDXDYPDNRMGOF25AWYYKPHFAD3M54IT7LCLG7RWTGR3TS32A4HTUXNOS",
            ),
        },
    ),
)
PHRASE = VECTORS[1][0]


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="constellation")


def secret(name: str, content: str) -> str:
    Path(name).write_text(content)
    Path(name).chmod(0o600)
    return name


@pytest.mark.parametrize(("phrase", "passphrase", "accounts"), VECTORS)
def test_the_published_vectors(phrase: str, passphrase: str, accounts: dict[int, tuple[str, str]]) -> None:
    for account, (address, seed) in accounts.items():
        key_pair = derive_key_pair(phrase, account, passphrase)
        assert (key_pair.address, encode_seed(key_pair.seed)) == (address, seed)


def test_lines_spaces_and_capitals_are_no_difference() -> None:
    assert derive_key_pair(PHRASE.upper().replace(" ", " \n "), 0).seed == derive_key_pair(PHRASE, 0).seed


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "bench",
        PHRASE.rpartition(" ")[0],
        PHRASE.replace("better", "bench"),
        PHRASE.replace("better", "wurst"),
        " ".join(reversed(PHRASE.split())),
        "b\u00e4nch" + PHRASE[5:],
    ],
)
def test_what_is_no_mnemonic_is_refused_and_not_repeated(phrase: str) -> None:
    with pytest.raises(MnemonicError) as caught:
        derive_key_pair(phrase, 0)
    assert "hurt" not in str(caught.value)
    result = run("keys", "derive", "out", "--mnemonic-file", secret("words", phrase))
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "hurt" not in result.output
    assert not Path("out").exists()


@pytest.mark.parametrize("account", [-1, 2**31])
def test_an_account_has_a_number(account: int) -> None:
    with pytest.raises(MnemonicError, match="number"):
        derive_key_pair(PHRASE, account)


@pytest.mark.parametrize("words", WORDS)
def test_new_words_give_a_key(words: int) -> None:
    phrases = {new_mnemonic(words) for _ in range(3)}
    assert len(phrases) == 3
    for phrase in phrases:
        assert len(phrase.split()) == words
        derive_key_pair(phrase, 0)


def test_the_commands() -> None:
    result = run("keys", "mnemonic", "words")
    assert (result.exit_code, result.output) == (ExitCode.OK, "")
    assert stat.S_IMODE(os.stat("words").st_mode) == 0o600
    assert run("keys", "mnemonic", "words").exit_code == ExitCode.CONFIGURATION
    first = run("keys", "derive", "a.seed", "--mnemonic-file", "words")
    second = run("keys", "derive", "b.seed", "--mnemonic-file", "words", "--account", "1")
    again = run("keys", "derive", "c.seed", "--mnemonic-file", "words")
    assert first.stdout.strip() == read_key_file(Path("a.seed")).address
    assert first.stdout == again.stdout != second.stdout
    assert run("keys", "derive", "a.seed", "--mnemonic-file", "words").exit_code == ExitCode.CONFIGURATION
    Path("words").chmod(0o644)
    assert "can be read by others" in run("keys", "derive", "d", "--mnemonic-file", "words").stderr


def test_the_words_own_pass_phrase() -> None:
    phrase, passphrase, accounts = VECTORS[2]
    arguments = ["keys", "derive", "a.seed", "--mnemonic-file", secret("words", phrase)]
    result = run(*arguments, "--mnemonic-passphrase-file", secret("own", passphrase))
    assert result.stdout.strip() == accounts[0][0]


def test_the_words_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no terminal" in run("keys", "derive", "a.seed").stderr
    monkeypatch.setattr("constellation.node.keys_commands.ask_terminal", lambda _: PHRASE)
    assert run("keys", "derive", "a.seed").stdout.strip() == VECTORS[1][2][0][0]
