"""Writes ``constellation/sdk/sync_exchange.py``: every public method of ``Exchange``, waiting instead of awaited.

With ``--check`` it only says, by its exit code, whether the file is up to date.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SDK = Path(__file__).parents[1] / "constellation" / "sdk"
SOURCES = [
    SDK / "exchange_verbs" / f"{name}.py"
    for name in ("base", "orders", "order_reads", "account", "payments", "holds", "owner", "market_data", "streams")
]
TARGET = SDK / "sync_exchange.py"

HEAD = '''"""The exchange for programs without an event loop: the same verbs, each waiting for its answer.

Generated from constellation/sdk/exchange_verbs by tools/sync_face.py; do not edit.
"""
'''

CLASS = '''
class SyncExchange:
    """What :class:`constellation.sdk.Exchange` is, for scripts, notebooks and threads; the arguments are the same.

    ::

        with SyncExchange("wss://alpha.example.org", "settings.json", key_pair) as exchange:
            order = exchange.create_order("XLM/USD", "limit", "buy", "100", "0.25")

    One background thread runs the connection. It ends with :meth:`close`, with the ``with`` block, and at the end of
    the program. Methods may be called from several threads at once, and from within a running event loop.
    """

    def __init__(INIT) -> None:
        self._exchange = Exchange(GIVEN)
        self._background = Background()
        self._finalizer = weakref.finalize(self, _end, self._exchange, self._background)

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections and the thread; may be called again."""
        self._finalizer()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Wait for a coroutine of :attr:`client`, of :attr:`feed` or of a receipt, such as ``receipt.final()``.

        Raises:
            ConnectionClosed: the exchange was closed.
        """
        return self._background.run(coroutine)
'''

FOOT = """

def _end(exchange: Exchange, background: Background) -> None:
    background.stop(exchange.close())
"""


def main(arguments: list[str]) -> int:
    """Write or check the file; the exit code."""
    text = sync_face([source.read_text("utf-8") for source in SOURCES])
    if arguments == ["--check"]:
        if TARGET.exists() and TARGET.read_text("utf-8") == text:
            return 0
        print(f"{TARGET.name} is not what tools/sync_face.py writes; run it")
        return 1
    TARGET.write_text(text, "utf-8")
    return 0


def sync_face(sources: list[str]) -> str:
    """The module for the sources of the asynchronous verbs."""
    modules = [ast.parse(source) for source in sources]
    text = CLASS
    used: set[str] = set()
    for node in (node for module in modules for node in methods(module)):
        if node.name == "__init__":
            text = text.replace("INIT", ast.unparse(node.args)).replace("GIVEN", given(node.args))
            used |= set(names(node.args))
        elif not node.name.startswith("_") and node.name != "close":
            text += "\n" + method(node)
            used |= set(names(node.args)) | set(names(node.returns))
    imports = "".join(f"{line}\n" for module in modules for line in imports_of(module, used))
    extra = (
        "import weakref\nfrom collections.abc import Coroutine\nfrom typing import Any, Self, TypeVar\n"
        "from constellation.sdk.background import Background\nfrom constellation.sdk.exchange import Exchange\n"
    )
    return ruff(HEAD + "\n" + extra + imports + '\n_T = TypeVar("_T")\n' + text + FOOT)


def methods(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Those of the module's class."""
    (verbs,) = (node for node in module.body if isinstance(node, ast.ClassDef))
    yield from (node for node in verbs.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A method that waits for the one of the same name."""
    is_property = any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list)
    returns = ast.unparse(node.returns) if node.returns else "None"
    call = f"self._exchange.{node.name}" + ("" if is_property else f"({given(node.args)})")
    if returns.startswith("AsyncIterator["):
        returns, call = returns.removeprefix("Async"), f"self._background.iterate({call})"
    elif isinstance(node, ast.AsyncFunctionDef):
        call = f"self._background.run({call})"
    body = call if returns == "None" else f"return {call}"
    mark = "    @property\n" if is_property else ""
    docstring = ast.get_docstring(node, clean=False)
    head = f"{mark}    def {node.name}({ast.unparse(node.args)}) -> {returns}:"
    return f'{head}\n        """{docstring}"""\n        {body}\n'


def given(arguments: ast.arguments) -> str:
    """The arguments as they are handed on."""
    plain = [argument.arg for argument in arguments.args if argument.arg != "self"]
    return ", ".join(plain + [f"{argument.arg}={argument.arg}" for argument in arguments.kwonlyargs])


def names(node: ast.AST | None) -> Iterator[str]:
    """Every name in a part of a signature."""
    for part in ast.walk(node) if node else ():
        if isinstance(part, ast.Name):
            yield part.id.replace("AsyncIterator", "Iterator")


def imports_of(module: ast.Module, used: set[str]) -> Iterator[str]:
    """The imports that the signatures need."""
    for node in module.body:
        if isinstance(node, ast.ImportFrom):
            wanted = {alias.name.replace("AsyncIterator", "Iterator") for alias in node.names}
            found = sorted(wanted & used)
            if found:
                yield f"from {node.module} import {', '.join(found)}"


def ruff(text: str) -> str:
    """The text in the style of the others."""
    for arguments in (["check", "--quiet", "--select", "I,F401", "--fix"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(TARGET), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
