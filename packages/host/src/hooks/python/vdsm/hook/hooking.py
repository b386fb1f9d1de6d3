"""The module ``hooking`` under its long name."""

from hooking import *  # noqa: F401,F403
