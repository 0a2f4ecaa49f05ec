"""Emits the tables that explain, after a run has failed, which of its fields was at fault."""

from tools.xdr import model
from tools.xdr.layout import Item, Run, fuses, runs_of
from tools.xdr.python import Text, snake

RUNTIME = "constellation.protocol.xdr"


class Checks:
    """Names and emits tables of fields.

    Args:
        text: the module under way.
        package: where the generated modules are.
    """

    def __init__(self, text: Text, package: str) -> None:
        self._text = text
        self._package = package

    def struct(self, item: model.Struct) -> None:
        """Emits the tables of a struct's runs."""
        self.tables(snake(item.name), runs_of(item))

    def tables(self, name: str, runs: list[Run]) -> None:
        """Emits one table per run, `_NAME_0` and so on."""
        for number, run in enumerate(runs):
            kind = self._text.use(RUNTIME, "Fields")
            rows = ", ".join(self._row(item) for item in run.items)
            self._text.add(f"{_table_name(name, number)}: {kind} = ({rows},)")

    def table(self, owner: str | model.Struct, number: int) -> str:
        """The name of the table of a run: of a function of this module, or of a struct of any."""
        if isinstance(owner, str):
            return _table_name(owner, number)
        return self._text.use(f"{self._package}.{owner.module}", _table_name(snake(owner.name), number))

    def members(self, enum: model.Enum) -> str:
        """The name of the mapping from an enum's numbers to its members."""
        return self._text.use(f"{self._package}.{enum.module}", f"_{snake(enum.name).upper()}_MEMBERS")

    def discriminant(self, union: model.Union) -> str:
        """The name of a union's check of its discriminant."""
        name = f"_{snake(union.name).upper()}_DISCRIMINANT"
        return self._text.use(f"{self._package}.{union.module}", name)

    def bound(self, bound: model.Bound) -> str:
        """A length, by the name of its constant if it has one."""
        if bound.name is None:
            return str(bound.value)
        return self._text.constant(bound.name, self._package)

    def _row(self, item: Item) -> str:
        where = item.where
        if isinstance(item.type, model.UnionType):
            where = f"{item.type.union.name}.{item.type.union.switch_name}"
        elif isinstance(item.type, model.StructType):
            where = item.type.struct.name
        return f'("{where}", "{".".join(item.path)}", {self._check(item)})'

    def _check(self, item: Item) -> str:
        kind = item.type
        match kind:
            case model.IntegerType():
                return self._text.use(RUNTIME, kind.name.upper())
            case model.BooleanType():
                return self._text.use(RUNTIME, "BOOLEAN")
            case model.EnumType():
                return f"{self._text.use(RUNTIME, 'Enumerated')}({self.members(kind.enum)})"
            case model.FixedOpaque() if fuses(kind):
                return f"{self._text.use(RUNTIME, 'Opaque')}({self.bound(kind.length)})"
            case model.StructType() if item.inlined or not item.path:
                name = self._text.use(f"{self._package}.{kind.struct.module}", kind.struct.name)
                return f"{self._text.use(RUNTIME, 'Instance')}({name})"
            case model.UnionType():
                return self.discriminant(kind.union)
            case model.OptionalType():
                return self._text.use(RUNTIME, "PRESENCE")
            case model.VariableArray():
                return f"{self._text.use(RUNTIME, 'Items')}({self.bound(kind.maximum)})"
            case model.FixedArray():
                return f"{self._text.use(RUNTIME, 'Array')}({self.bound(kind.length)})"
            case model.FixedOpaque() | model.StructType():
                return self._text.use(RUNTIME, "ELSEWHERE")
        return self._text.use(RUNTIME, "LENGTH")


def _table_name(name: str, number: int) -> str:
    return f"_{name.upper()}_{number}"
