"""How Sphinx builds the documentation (``make docs``). Its source is the repository, so README is checked, too."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

project = "Constellation"
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "docs"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tools.sphinx_house"]

myst_heading_anchors = 4

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_use_ivar = True
python_maximum_signature_line_length = 100
python_use_unqualified_type_names = True
toc_object_entries = False  # a sidebar of a thousand names would take half the time

nitpicky = True
nitpick_ignore_regex = [
    # Other projects' pages would have to be fetched to be linked: a build needs no network.
    (r"py:.*", r"(asyncio|collections|datetime|decimal|enum|os|pathlib|ssl)\..*"),
    # What the SDK shows and does not export: messages of the wire protocol, private names.
    (r"py:.*", r"constellation\.protocol\..*|Signer"),
    (r"py:.*", r"constellation\.sdk\.(\w+\._?T|feed_streams\.Stream|markets\.Catalogue)"),
    (r"py:.*", r"constellation\.sdk\.(receipts\.Finality|verifier\.VerifiedEvent)"),
]

html_theme = "furo"
html_title = "Constellation"
html_additional_pages = {"index": "index.html"}
templates_path = ["_templates"]
