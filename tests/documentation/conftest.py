"""The commands see no settings of whoever runs the tests, and logging is put back."""

from tests.node.conftest import _no_settings_in_the_environment, restored_logging

__all__ = ["_no_settings_in_the_environment", "restored_logging"]
