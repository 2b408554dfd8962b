"""Who runs a command."""

import getpass


def operator() -> str:
    """How the audit log names who runs this command: by their login on this machine, where it has one."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # a container's user often has no name
        return "cli"
