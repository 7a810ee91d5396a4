"""`chaintwin ledger …`: hand the ledger to others, have it co-signed and time-stamped."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaintwin.cli.speech import read_text, say
from chaintwin.kit.problems import ConflictProblem, Problem

if TYPE_CHECKING:
    from chaintwin.twin.ledger.book import Ledger, Log
    from chaintwin.twin.ledger.publishing import Write

ledger = typer.Typer(
    help="存证账本:导出、联署、时间戳。 / The ledger: export, co-signing, time-stamps.",
    no_args_is_help=True,
)
LOG_HELP = "账本:public 或地区代码;默认本单位 / which log; default: your own place's"
LogCode = Annotated[str, typer.Option("--log", help=LOG_HELP)]
OutFile = Annotated[Path, typer.Option("--out", dir_okay=False, help="写入的文件 / file to write")]


@ledger.command()
def export(
    target: Annotated[Path, typer.Argument(help="空文件夹或 .zip / an empty folder or a .zip")],
    log: LogCode = "",
    body: Annotated[
        list[str] | None, typer.Option(help="披露其全部叶子的孪生体编码 / disclose this body")
    ] = None,
    with_changes: Annotated[
        bool, typer.Option("--with-changes", help="连同经手人、时间、理由 / and who, when, why")
    ] = False,
) -> None:
    """导出静态账本树,供他人离线核验。 / Write the log as files that anybody checks offline."""
    from chaintwin.kit.codes import body_number  # noqa: PLC0415
    from chaintwin.twin.ledger.publishing import Wish, export_log  # noqa: PLC0415

    with _open(log) as (book, chosen), _sink(target) as write:
        numbers = [(code, body_number(book.twin.installation, code)) for code in body or ()]
        wrong = [code for code, number in numbers if number is None]
        if wrong:
            raise Problem(f"编码无效:{wrong[0]}。", f"Not a body code here: {wrong[0]}.")
        wish = Wish([number for _, number in numbers if number is not None], with_changes)
        row = export_log(book, chosen, wish, write, target.name)
    say(f"已导出 {target}(检查点大小 {row.size})。", f"Exported {target} (size {row.size}).")


@ledger.command()
def key(log: LogCode = "") -> None:
    """显示账本公钥,供他人核验。 / Print the log's public key."""
    with _open(log) as (book, chosen):
        typer.echo(str(book.signer(chosen).checker))


@ledger.command("witness-key")
def witness_key(
    name: Annotated[str, typer.Option(help="联署名称,只定一次 / name to sign as, set once")] = "",
) -> None:
    """显示本机作为联署人的公钥。 / Print the key by which this machine co-signs."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin.ledger.cosigning import Witness  # noqa: PLC0415

    typer.echo(str(Witness(boot.find_data_places()).signer(name or None).checker))


@ledger.command("add-witness")
def add_witness(
    public_key: Annotated[str, typer.Argument(help="对方的联署公钥 / the witness's key")],
    log: LogCode = "",
) -> None:
    """登记一个联署人。 / Enter a witness of the log."""
    from chaintwin.twin.ledger.witnessing import add_witness as add  # noqa: PLC0415

    with _open(log) as (book, chosen):
        name = add(book, chosen, public_key).name
    say(f"已登记联署人 {name}。", f"Entered the witness {name}.")


@ledger.command()
def request(
    out: OutFile,
    witness: Annotated[str, typer.Option(help="联署人名称 / name of the witness")],
    log: LogCode = "",
    since: Annotated[
        int | None, typer.Option(min=0, help="对方上次联署的大小 / size it signed last")
    ] = None,
) -> None:
    """写出请对方联署的检查点与证明。 / Write what a witness is asked to sign."""
    from chaintwin.twin.ledger.witnessing import make_request  # noqa: PLC0415

    with _open(log) as (book, chosen):
        _write_new(out, make_request(book, chosen, witness, since))
    say(f"已写入 {out},请交给 {witness}。", f"Wrote {out}; hand it to {witness}.")


@ledger.command()
def cosign(
    asked: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="请求文件 / request")],
    out: OutFile,
    log_key: Annotated[str, typer.Option(help="对方账本公钥,首次需要 / the log's key")] = "",
) -> None:
    """在联署方的机器上:核对延续性后签名,遇分叉拒绝。 / Co-sign; a fork is refused."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.kit.clock import SystemClock  # noqa: PLC0415
    from chaintwin.twin.ledger.cosigning import Witness  # noqa: PLC0415

    witness = Witness(boot.find_data_places())
    text = read_text(asked)
    _write_new(out, witness.cosign(text, log_key or None, SystemClock().now()))
    say(f"已联署,写入 {out},请交还对方。", f"Co-signed; hand {out} back.")


@ledger.command()
def accept(
    signed: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="联署文件 / file")],
) -> None:
    """收下对方的联署。 / Take a co-signature back in."""
    from chaintwin.twin.ledger.witnessing import accept as take  # noqa: PLC0415

    with _open("public") as (book, _):
        row = take(book, read_text(signed))
    say(
        f"已收下 {row.witness} 对检查点(大小 {row.size})的联署。",
        f"Took in the co-signature of {row.witness} on size {row.size}.",
    )


@ledger.command()
def stamp(log: LogCode = "") -> None:
    """请时间戳机构为最新检查点盖戳。 / Have the latest checkpoint time-stamped."""
    from chaintwin.twin.ledger.stamping import URL_VARIABLE, Authority, stamp_log  # noqa: PLC0415

    authority = Authority.configured()
    if authority is None:
        raise Problem(
            f"没有配置时间戳机构。请设置环境变量 {URL_VARIABLE}。",
            f"No time-stamping authority is configured. Set {URL_VARIABLE}.",
        )
    with _open(log) as (book, chosen):
        made = stamp_log(book, authority, chosen)
    if made is None:
        say("已有新的时间戳,无需再盖。", "There is a recent time-stamp already.")
    else:
        say(f"已为大小 {made.size} 的检查点盖时间戳。", f"Stamped the checkpoint of {made.size}.")


@contextmanager
def _open(code: str) -> Iterator[tuple[Ledger, Log]]:
    """Lend the ledger, brought up to date, with the log asked for or one's own."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin.ledger.book import Ledger  # noqa: PLC0415
    from chaintwin.twin.ledger.sequencing import sequence  # noqa: PLC0415

    places = boot.find_data_places()
    with boot.open_twin(places) as twin:
        book = Ledger(twin, places)
        sequence(book)
        yield book, book.log(code) if code else book.logs()[-1]


@contextmanager
def _sink(target: Path) -> Iterator[Write]:
    """Lend a function that writes files into a folder or a zip; a zip appears when it is whole."""
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise ConflictProblem(
            f"{target} 已存在且不为空。请换一个位置。",
            f"{target} exists and is not empty. Choose another place.",
        )
    if target.suffix != ".zip":
        yield lambda path, data: _write_file(target / path, data)
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive.writestr
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise ConflictProblem(
            f"文件 {path} 已存在。请换一个文件名。", f"{path} exists. Choose another name."
        ) from None
