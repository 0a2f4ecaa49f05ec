"""Fixtures of the node's tests are these tests', too."""

from tests.node.conftest import _no_settings_in_the_environment, patch, restored_logging

__all__ = ["_no_settings_in_the_environment", "patch", "restored_logging"]
