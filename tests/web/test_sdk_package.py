"""What is committed of the JavaScript side: pinned, and without a word on where packages were fetched."""

import json
import subprocess

from tests.web.driver import WEB


def test_the_lock_names_no_registry_and_every_package_is_pinned_with_its_hash() -> None:
    text = (WEB / "package-lock.json").read_text()
    assert "://" not in text  # nor in what asks for money
    lock = json.loads(text)
    foreign = {name: item for name, item in lock["packages"].items() if name.startswith("node_modules/")}
    for name, item in foreign.items():
        if item.get("link"):
            assert not item["resolved"].startswith("http"), name
        else:
            assert "resolved" not in item, name
            assert item["integrity"].startswith("sha512-"), name


def test_the_libraries_that_programs_get_are_pinned() -> None:
    package = json.loads((WEB / "sdk" / "package.json").read_text())
    assert set(package["dependencies"]) == {"@noble/curves", "@noble/hashes"}
    assert all(version[0].isdigit() for version in package["dependencies"].values())


def test_nothing_that_npm_or_the_compiler_writes_is_committed() -> None:
    command = ["git", "ls-files", "web"]
    listed = subprocess.run(command, cwd=WEB.parent, capture_output=True, text=True, check=False).stdout.splitlines()
    assert not [name for name in listed if {"node_modules", "dist", "build"} & set(name.split("/"))]
