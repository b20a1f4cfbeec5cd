"""The local sockets in a data folder on which the engine answers."""

from __future__ import annotations

ENGINE_SOCKET = "engine.sock"
"""For the gateways, which pass on what they do not answer themselves."""
CONTROL_SOCKET = "control.sock"
"""For commands of this machine: it trusts whoever can open it."""
