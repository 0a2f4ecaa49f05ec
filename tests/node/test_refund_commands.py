"""The emergency exit as operators see it: data directories, the command line, exit codes, and who is refused."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stellar_sdk import ChangeTrust
from stellar_sdk import Payment as LedgerPayment

from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import write_key_file
from constellation.node.refund_record import RECORD_FILE
from constellation.protocol.amounts import ONE
from constellation.protocol.settings_json import settings_to_json
from constellation.snapshots import DataDirectory, Install, QuantumLog
from constellation.snapshots.archive_export import export_log, last_snapshot
from constellation.snapshots.directory import LOG_FILE
from tests.stellarlink.ledgers import FUNDER
from tests.stellarlink.refund_world import Ending, ending, ignore
from tests.stellarlink.support import AUDITORS, DOLLAR, OTHER, STELLAR_DOLLAR, TRADER, VAULT, key

PLAN = Path("plan.json")


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read() -> str:
    return PLAN.read_text()


def operations() -> list[dict[str, str]]:
    return [item for transaction in json.loads(read())["transactions"] for item in transaction["operations"]]


def write(text: str, path: Path = PLAN) -> None:
    path.write_text(text)


def remove(path: Path = PLAN) -> None:
    path.unlink()


def has_signed(auditor: int) -> bool:
    return Path(f"auditor{auditor}", RECORD_FILE).exists()


async def run(*arguments: str | Path) -> Result:
    """A command in a thread of its own: the ledger goes on in this one."""
    texts = [str(argument) for argument in arguments]
    return await asyncio.to_thread(CliRunner().invoke, main, texts, prog_name="constellation")


async def plan(world: Ending, *arguments: str, auditor: int = 0) -> Result:
    return await run(
        "refund-plan", "--settings-file", "constellation.json", "--data-directory", f"auditor{auditor}",
        "--horizon-url", world.server.url, "--output", PLAN, *arguments,
    )  # fmt: skip


async def sign(world: Ending, auditor: int, path: Path = PLAN, *arguments: str | Path) -> Result:
    return await run(
        "refund-sign", path, "--settings-file", "constellation.json", "--data-directory", f"auditor{auditor}",
        "--key-file", f"auditor{auditor}.seed", "--horizon-url", world.server.url, "--yes", *arguments,
    )  # fmt: skip


async def submit(world: Ending, *paths: Path) -> Result:
    return await run("refund-submit", *paths, "--horizon-url", world.server.url)


def check_refusal(result: Result, code: ExitCode, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.stderr, result.stderr


async def some_life(world: Ending) -> None:
    """Two owners, one of them without a trust line, and four batches."""
    await world.network.fund(OTHER.address)
    await world.deposit(TRADER, 100 * ONE)
    await world.deposit(TRADER, 50 * ONE, DOLLAR)
    await world.deposit(OTHER, 30 * ONE)
    await world.commit()
    world.seal()
    world.pay(TRADER, OTHER, 1, 4 * ONE)
    world.seal()
    world.pay(TRADER, OTHER, 0, 5 * ONE)
    world.seal()


def equip(world: Ending, auditors: int = 3) -> None:
    """Settings, and for every auditor its seed and its data directory."""
    Path("constellation.json").write_text(json.dumps(settings_to_json(world.settings)))
    for number, auditor in enumerate(AUDITORS[:auditors]):
        write_key_file(Path(f"auditor{number}.seed"), auditor)
        store(world, number)


def store(world: Ending, auditor: int, batches: int | None = None, certified: int | None = None) -> None:
    directory = Path(f"auditor{auditor}")
    directory.mkdir(exist_ok=True)
    (directory / LOG_FILE).unlink(missing_ok=True)
    world.write_log(directory / LOG_FILE, batches, certified)


async def planned(world: Ending) -> None:
    await some_life(world)
    equip(world)
    result = await plan(world)
    assert result.exit_code == 0, result.output


async def test_from_data_directories_to_the_owners() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        made = await plan(world)
        assert made.exit_code == 0, made.output
        assert re.search(r"plan\.json: 4 payments in 1 transactions, plan [0-9a-f]{64}\n$", made.stdout)
        for auditor in (0, 2):
            result = await sign(world, auditor)
            assert result.exit_code == 0, result.output
            assert TRADER.address in result.stdout
            assert "54.0000000" not in result.stdout
            assert "95.0000000" in result.stdout
        assert f"signed by {AUDITORS[2].address}, one of 2; 2 are needed" in result.stdout
        before = await world.lumens(TRADER), await world.lumens(OTHER), await world.dollars(TRADER)
        done = await submit(world, PLAN)
        assert done.exit_code == 0, done.output
        assert re.search(r"native\s*│\s*130.0000000\s*│\s*130.0000000\s*│\s*0.0000000", done.stdout)
        after = await world.lumens(TRADER), await world.lumens(OTHER), await world.dollars(TRADER)
        assert [now - then for now, then in zip(after, before, strict=True)] == [95 * ONE, 35 * ONE, 46 * ONE]
        vault = await world.network.account(VAULT.address)
        assert vault.balance(None).amount == world.settings.vault_reserve
        assert vault.balance(DOLLAR).amount == 0
        again = await submit(world, PLAN)
        assert again.exit_code == 0, again.output


async def test_who_has_joined_signs_and_who_has_left_does_not() -> None:
    async with ending() as world:
        await some_life(world)
        world.appoint(*AUDITORS[1:4])
        [change] = world.machine.state.desk.prepared
        await world.execute(change)
        await world.commit()
        world.seal()
        equip(world, auditors=4)
        store(world, 3, 2)  # the newcomer has not caught up
        made = await plan(world)
        assert made.exit_code == 0, made.output
        assert f"2 of {AUDITORS[1].address}, " in made.stdout
        check_refusal(await sign(world, 0), ExitCode.CONFIGURATION, "not an auditor who signs by this plan")
        honest = read()
        document = json.loads(honest)
        document["signers"]["auditors"][0] = AUDITORS[0].address
        write(json.dumps(document))
        check_refusal(await sign(world, 0), ExitCode.FAILED, "signers.auditors[0] is")
        write(honest)
        assert not has_signed(0)

        assert "one of 1; 2 are needed" in (await sign(world, 1)).stdout
        document = json.loads(read())
        transactions = [bytes.fromhex(item["hash"]) for item in document["transactions"]]
        own = [b64encode(AUDITORS[0].sign(item)).decode() for item in transactions]
        document["signatures"][AUDITORS[0].address] = own
        write(json.dumps(document))
        check_refusal(await submit(world, PLAN), ExitCode.FAILED, "1 valid signatures", "2 are needed")
        archive = make_archive(world, 0)
        last = await sign(world, 3, PLAN, "--archive", archive)
        assert last.exit_code == 0, last.output
        assert f"signed by {AUDITORS[3].address}, one of 2; 2 are needed" in last.stdout
        before = await world.lumens(TRADER), await world.lumens(OTHER)
        done = await submit(world, PLAN)
        assert done.exit_code == 0, done.output
        after = await world.lumens(TRADER), await world.lumens(OTHER)
        assert [now - then for now, then in zip(after, before, strict=True)] == [95 * ONE, 35 * ONE]


async def test_too_few_signatures_are_not_submitted() -> None:
    async with ending() as world:
        await planned(world)
        check_refusal(await submit(world, PLAN), ExitCode.FAILED, "0 valid signatures", "2 are needed")
        assert (await sign(world, 1)).exit_code == 0
        check_refusal(await submit(world, PLAN), ExitCode.FAILED, "NOT_ENOUGH_SIGNATURES", "1 valid signatures")
        document = json.loads(read())
        one = next(iter(document["signatures"].values()))
        document["signatures"][AUDITORS[2].address] = one  # somebody else's signature is none
        write(json.dumps(document))
        check_refusal(await submit(world, PLAN), ExitCode.FAILED, "1 valid signatures")
        assert (await world.network.account(VAULT.address)).balance(DOLLAR).amount == 50 * ONE


async def test_copies_of_one_plan_bring_their_signatures_together() -> None:
    async with ending() as world:
        await planned(world)
        copies = [Path(f"copy{number}.json") for number in range(3)]
        for number, path in enumerate(copies):
            write(read(), path)
            assert (await sign(world, number, path)).exit_code == 0
        other = json.loads(read())
        other["choices"]["max_time_s"] += 1
        write(json.dumps(other), Path("other.json"))
        check_refusal(await submit(world, copies[0], Path("other.json")), ExitCode.FAILED, "not copies of one plan")
        assert (await submit(world, *copies)).exit_code == 0  # three signatures are there, exactly two are attached


def _amount(document) -> None:
    document["transactions"][0]["operations"][0]["amount"] = "96.0000000"


def _destination(document) -> None:
    document["transactions"][0]["operations"][0]["to"] = FUNDER.address


def _byte(document) -> None:
    envelope = document["transactions"][0]["envelope_xdr"]
    document["transactions"][0]["envelope_xdr"] = (
        envelope[:200] + ("A" if envelope[200] != "A" else "B") + envelope[201:]
    )


def _left_out(document) -> None:
    document["transactions"][0]["operations"].pop()


def _donor(document) -> None:
    document["choices"]["donors"] = ["x"]


def _vault(document) -> None:
    document["ledger"]["vault"]["native"]["amount"] = "1.0000000"


def _sequence(document) -> None:
    channel = document["ledger"]["channels"][0]
    channel["sequence"] = str(int(channel["sequence"]) + 1)


def _state_root(document) -> None:
    document["state"]["state_root"] = "0" * 64


def _settings(document) -> None:
    document["settings_hash"] = "0" * 64


def _extra(document) -> None:
    document["choices"]["more"] = 1


def _closed(document) -> None:
    document["ledger"]["closed_at_s"] -= 1


def _no_ledger(document) -> None:
    document["ledger"]["ledger"] = 0


def _forever(document) -> None:
    document["choices"]["max_time_s"] += 40 * 86_400


def _obstacle(document) -> None:
    document["ledger"]["obstacles"].append({"owner": TRADER.address, "asset": "native", "obstacle": "no_account"})


def _certificate(document) -> None:
    document["state"]["certificate"] = "AAAA"


TAMPERED: list[tuple[Callable[..., None], str]] = [
    (_amount, "transactions[0].operations[0].amount is '96.0000000', this node finds"),
    (_destination, "transactions[0].operations[0].to is"),
    (_byte, "transactions[0].envelope_xdr is"),
    (_left_out, "transactions[0].operations has 3 entries, this node finds 4"),
    (_donor, "the plan's part 'choices' is malformed"),
    (_vault, "the vault does not hold what it should"),
    (_sequence, "had sequence number"),
    (_state_root, "state.state_root is"),
    (_settings, "WRONG_CONSTELLATION"),
    (_extra, "choices.more does not belong there"),
    (_closed, "closed at"),
    (_no_ledger, "ledger 0 closed at None"),
    (_forever, "valid for more than 30 days"),
    (_obstacle, "transactions[0].hash is"),
    (_certificate, "the plan's certificate is malformed"),
]


async def test_a_tampered_plan_is_refused_and_the_difference_named() -> None:
    async with ending() as world:
        await planned(world)
        honest = read()
        for tamper, words in TAMPERED:
            document = json.loads(honest)
            tamper(document)
            write(json.dumps(document))
            result = await sign(world, 0)
            check_refusal(result, ExitCode.FAILED, words)
            assert json.loads(read()) == document, tamper.__name__
        assert not has_signed(0)
        write(honest)
        assert (await sign(world, 0)).exit_code == 0


async def test_an_auditor_compares_with_its_own_log() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        last = len(world.stored)
        store(world, 0, last, last - 1)  # it does not know yet that the last batch is certified
        made = await plan(world)
        assert made.exit_code == 0, made.output
        assert "1 later batches in this log are not certified" in made.stderr
        check_refusal(await sign(world, 1), ExitCode.FAILED, f"batch {last} is certified", "from the later one")

        remove()
        assert (await plan(world, auditor=1)).exit_code == 0
        assert "not certified as far as this node" not in (await sign(world, 0)).stdout, "the plan's certificate tells"
        store(world, 2, last - 1)
        check_refusal(await sign(world, 2), ExitCode.FAILED, f"log ends with batch {last - 1}", "--archive")


async def test_a_signer_is_told_of_later_batches() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        last = len(world.stored)
        for auditor in (0, 1):
            store(world, auditor, last, last - 1)
        assert (await plan(world)).exit_code == 0
        found = {(item["to"], item["asset"]): item["amount"] for item in operations()}
        assert found[OTHER.address, "native"] == "30.0000000", "the last batch is not certified"
        result = await sign(world, 1)
        assert result.exit_code == 0, result.output
        assert "note: 1 later batches in the log are not certified as far as this node knows" in result.stdout


async def test_an_archive_helps_a_log_that_ends_too_early() -> None:
    async with ending() as world:
        await planned(world)
        archive = make_archive(world, 0)
        store(world, 2, len(world.stored) - 2)
        assert (await sign(world, 2, PLAN, "--archive", archive)).exit_code == 0
        first = json.loads(read())
        remove()
        again = await plan(world, "--archive", archive, auditor=9)
        assert again.exit_code == 0, again.output
        assert json.loads(read())["transactions"][0]["operations"] == first["transactions"][0]["operations"]
        write("no archive at all, but long enough", archive)
        check_refusal(
            await sign(world, 2, PLAN, "--archive", archive),
            ExitCode.CONFIGURATION,
            "--archive",
            "no archive",
        )


def make_archive(world: Ending, auditor: int, *, from_checkpoint: bool = False) -> Path:
    path = Path(f"auditor{auditor}.archive")
    log = QuantumLog(Path(f"auditor{auditor}", LOG_FILE), world.settings)
    export_log(log, path, ignore, last_snapshot(log) if from_checkpoint else None)
    log.close()
    return path


async def test_an_archive_may_start_at_a_checkpoint() -> None:
    async with ending() as world:
        await planned(world)
        last = len(world.stored)
        for checkpoint in (2, last):
            remove(Path("auditor0", LOG_FILE))
            world.write_log(Path("auditor0", LOG_FILE), checkpoint=checkpoint)
            archive = make_archive(world, 0, from_checkpoint=True)
            store(world, 2, 1)
            result = await sign(world, 2, PLAN, "--archive", archive)
            assert result.exit_code == 0, result.output
            remove(archive)


async def test_a_log_that_begins_at_a_snapshot_knows_that_it_is_final() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        last = len(world.stored)
        store(world, 0, last - 1)
        assert (await plan(world)).exit_code == 0
        old = make_archive(world, 0)
        remove(Path("auditor1", LOG_FILE))
        world.write_log(Path("auditor1", LOG_FILE), checkpoint=last)
        log = QuantumLog(Path("auditor1", LOG_FILE), world.settings)
        snapshot, entries = last_snapshot(log), dict(log.checkpoint()[1])
        log.close()
        store(world, 1, 1, 0)
        log = QuantumLog(Path("auditor1", LOG_FILE), world.settings)
        log.write([Install(snapshot.checkpoint, snapshot.finality, entries)])
        log.close()
        for arguments in ((), ("--archive", old)):
            check_refusal(await sign(world, 1, PLAN, *arguments), ExitCode.FAILED, f"batch {last} is certified")
        remove()
        made = await plan(world, auditor=1)
        assert made.exit_code == 0, made.output
        assert (await sign(world, 1)).exit_code == 0
        assert (await sign(world, 2)).exit_code == 0


async def test_an_archive_does_not_overrule_the_own_log() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        last = len(world.stored)
        store(world, 0, last - 1)
        assert (await plan(world)).exit_code == 0
        old = make_archive(world, 0)
        check_refusal(await sign(world, 1, PLAN, "--archive", old), ExitCode.FAILED, f"batch {last} is certified")
        remove()
        world.seal_otherwise()
        store(world, 2)
        assert (await plan(world, auditor=2)).exit_code == 0
        other = make_archive(world, 2)
        check_refusal(await sign(world, 1, PLAN, "--archive", other), ExitCode.FAILED, f"has another batch {last}")
        check_refusal(await sign(world, 2, PLAN, "--archive", old), ExitCode.FAILED, "ends before batch")


async def test_another_past_is_refused() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        world.seal_otherwise()
        store(world, 1)
        assert (await plan(world, auditor=1)).exit_code == 0
        store(world, 2, certified=len(world.stored) - 1)
        assert (await sign(world, 2)).exit_code == 0
        check_refusal(await sign(world, 0), ExitCode.FAILED, "EQUIVOCATION", "another batch")


async def test_who_has_signed_signs_no_other_plan_and_does_not_run() -> None:
    async with ending() as world:
        await planned(world)
        assert (await sign(world, 0)).exit_code == 0
        assert (await sign(world, 0)).exit_code == 0  # the same plan again
        other = Path("other.json")
        write(read(), other)
        remove()
        await world.deposit(TRADER, ONE)
        assert (await plan(world, "--valid-days", "1", auditor=1)).exit_code == 0
        check_refusal(await sign(world, 0), ExitCode.FAILED, "can still be executed", "time bound")
        check_refusal(
            await run(
                "auditor", "--settings-file", "constellation.json", "--data-directory", "auditor0",
                "--key-file", "auditor0.seed",
            ),
            ExitCode.CONFIGURATION, "has signed the return of all funds",
        )  # fmt: skip
        # When the first plan is executed to its end, the next one may follow at once.
        assert (await sign(world, 1, other)).exit_code == 0
        check_refusal(await sign(world, 1), ExitCode.FAILED, "can still be executed")
        assert (await submit(world, other)).exit_code == 0
        remove()
        assert (await plan(world, auditor=1)).exit_code == 0
        for auditor in (0, 1):
            result = await sign(world, auditor)
            assert result.exit_code == 0, result.output
        before = await world.lumens(TRADER)
        assert (await submit(world, PLAN)).exit_code == 0
        assert await world.lumens(TRADER) - before == ONE


async def test_a_plan_that_has_expired_is_dead_and_another_may_be_signed() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        assert (await plan(world, "--valid-days", "1")).exit_code == 0
        assert (await sign(world, 0)).exit_code == 0
        assert (await sign(world, 1)).exit_code == 0
        await world.later(86_400 + 60)
        check_refusal(await sign(world, 2), ExitCode.FAILED, "EXPIRED")
        late = await submit(world, PLAN)
        check_refusal(late, ExitCode.FAILED, "1 of 1 transactions are not paid")
        assert "time bound has passed" in late.stdout
        assert re.search(r"native\s*│\s*130.0000000\s*│\s*0.0000000\s*│\s*130.0000000", late.stdout)
        remove()
        assert (await plan(world)).exit_code == 0
        for auditor in (0, 1):
            assert (await sign(world, auditor)).exit_code == 0
        assert (await submit(world, PLAN)).exit_code == 0


async def test_an_operation_that_fails_is_told_and_planned_again() -> None:
    async with ending() as world:
        await planned(world)
        for auditor in (0, 1):
            assert (await sign(world, auditor)).exit_code == 0
        # The trader closes its trust line: the transaction of all four payments fails.
        dollars = await world.dollars(TRADER)
        await world.on_ledger(
            TRADER,
            LedgerPayment(STELLAR_DOLLAR.issuer, STELLAR_DOLLAR, f"{dollars // ONE}"),
            ChangeTrust(STELLAR_DOLLAR, limit="0"),
        )
        check_refusal(await sign(world, 2), ExitCode.FAILED, f"{TRADER.address} cannot be paid", "no_trust_line")
        failed = await submit(world, PLAN)
        check_refusal(failed, ExitCode.FAILED, "not paid")
        assert "an operation failed" in failed.stdout
        remove()
        assert (await plan(world)).exit_code == 0
        for auditor in (0, 1):
            result = await sign(world, auditor)
            assert result.exit_code == 0, result.output
        assert (await submit(world, PLAN)).exit_code == 0
        amounts = sorted(item.amount for item in world.server.ledger.state.claimable_balances())
        assert amounts == [4 * ONE, 46 * ONE]


async def test_late_signers_are_welcome_when_the_run_has_begun() -> None:
    async with ending() as world:
        await some_life(world)
        world.pay(TRADER, key(90), 0, 2 * ONE)  # gets an account by the run itself
        world.seal()
        equip(world)
        assert (await plan(world)).exit_code == 0
        for auditor in (0, 1):
            assert (await sign(world, auditor)).exit_code == 0
        assert (await submit(world, PLAN)).exit_code == 0
        late = await sign(world, 2)
        assert late.exit_code == 0, late.output


async def test_what_is_missing_or_unexplained_in_the_vault_is_said() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        # Money that no report has seen: as a smart contract would have moved it.
        world.server.ledger.state.peek(VAULT.address).balance += 5
        check_refusal(await plan(world), ExitCode.FAILED, "0.0000005 more than can be explained")
        made = await plan(world, "--surplus", "native=0.0000005")
        assert made.exit_code == 0, made.output
        assert (await sign(world, 0)).exit_code == 0
        world.server.ledger.state.peek(VAULT.address).balance -= 6
        check_refusal(await sign(world, 1), ExitCode.FAILED, "0.0000006 are missing")
        remove()
        check_refusal(await plan(world), ExitCode.FAILED, "0.0000001 less than can be explained")
        made = await plan(world, "--set-aside", "native")
        assert made.exit_code == 0, made.output
        assert {item["asset"] for item in json.loads(read())["unpaid"]} == {"native"}


async def test_input_that_cannot_be_used() -> None:
    async with ending() as world:
        await planned(world)
        honest = read()
        check_refusal(await plan(world), ExitCode.CONFIGURATION, "never overwritten")
        remove()
        check_refusal(await plan(world, "--surplus", "native"), ExitCode.CONFIGURATION, "--surplus")
        check_refusal(await plan(world, "--surplus", "native=-1"), ExitCode.CONFIGURATION, "above zero")
        check_refusal(await plan(world, "--donor", "GX"), ExitCode.CONFIGURATION, "--donor")
        check_refusal(await plan(world, auditor=9), ExitCode.CONFIGURATION, "no directory auditor9")
        remove(Path("auditor1", LOG_FILE))
        check_refusal(await plan(world, auditor=1), ExitCode.CONFIGURATION, "no log")
        QuantumLog(Path("auditor1", LOG_FILE), world.settings).close()
        check_refusal(await plan(world, auditor=1), ExitCode.FAILED, "no certified batch")
        with DataDirectory(Path("auditor0")):
            check_refusal(await plan(world), ExitCode.IN_USE, "in use")
        write("{}")
        check_refusal(await sign(world, 0), ExitCode.FAILED, "no refund plan")
        write("{")
        check_refusal(await submit(world, PLAN), ExitCode.FAILED, "no JSON")
        write(honest)
        write_key_file(Path("auditor3.seed"), TRADER)
        check_refusal(await sign(world, 3), ExitCode.CONFIGURATION, "is not an auditor")


async def test_a_node_s_configuration_names_everything() -> None:
    async with ending() as world:
        await some_life(world)
        equip(world)
        lines = {
            "settings_file": "constellation.json",
            "data_directory": "auditor1",
            "key_file": "auditor1.seed",
            "horizon_urls": world.server.url,
        }
        write("".join(f'{name} = "{value}"\n' for name, value in lines.items()), Path("auditor.toml"))
        made = await run("refund-plan", "--config", "auditor.toml", "--output", PLAN)
        assert made.exit_code == 0, made.output
        signed = await run("refund-sign", PLAN, "--config", "auditor.toml", "--yes")
        assert f"signed by {AUDITORS[1].address}, one of 1; 2 are needed" in signed.stdout
        document = json.loads(read())
        document["signatures"][AUDITORS[2].address] = document["signatures"][AUDITORS[1].address]
        write(json.dumps(document))
        assert (
            ", one of 1; 2 are needed" in (await run("refund-sign", PLAN, "--config", "auditor.toml", "--yes")).stdout
        )


async def test_saying_no_signs_nothing() -> None:
    async with ending() as world:
        await planned(world)
        before = read()
        arguments = [
            "refund-sign", str(PLAN), "--settings-file", "constellation.json", "--data-directory", "auditor0",
            "--key-file", "auditor0.seed", "--horizon-url", world.server.url,
        ]  # fmt: skip
        result = await asyncio.to_thread(lambda: CliRunner().invoke(main, arguments, input="n\n"))
        assert result.exit_code == 1
        assert "Sign this plan?" in result.stdout
        assert read() == before
        assert not has_signed(0)
