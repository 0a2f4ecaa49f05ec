"""Links, times and the other small things that all resources share."""

from dataclasses import dataclass
from datetime import UTC, datetime

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes absolute links for the address under which the client knows this server."""

    base: str

    def to(self, path: str) -> Json:
        """Returns a link to a path."""
        return {"href": f"{self.base}{path}"}

    def pages(self, path: str) -> Json:
        """Returns a template for a path that is read in pages."""
        return self.template(f"{path}{{?cursor,limit,order}}")

    def template(self, path: str) -> Json:
        """Returns a templated link."""
        return {"href": f"{self.base}{path}", "templated": True}


def format_time(epoch_s: int) -> str:
    """Writes a close time as RFC 3339."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
