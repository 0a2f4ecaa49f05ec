"""What Sphinx has to know about the documentation of this repository; an extension that ``docs/conf.py`` names."""

from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class DirectoriesWithoutLinks(SphinxPostTransform):
    """Shows a link to a directory of the repository as its text: there is no page to go to.

    Links to files are downloads already, and links to pages are checked.
    """

    default_priority = 8  # before MyST looks for the target

    def run(self, **kwargs: Any) -> None:
        """Replace the links of one page."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get("reftype") == "myst" and (here / link["reftarget"]).is_dir():
                link.replace_self(nodes.inline("", "", *link.children))


def keep_colons(app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    """Keep napoleon from taking what is before a colon in an attribute's docstring for a type: it is a sentence.

    It looks at the first line alone, and gets an empty comment.
    """
    if what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything."""
    for language in ("mermaid", "exchange"):  # drawn by those who know it, and executed by the tests
        app.add_lexer(language, TextLexer)
    app.add_post_transform(DirectoriesWithoutLinks)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
