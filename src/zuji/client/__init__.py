"""The one room whose name people write in notebooks: `from zuji.client import Client`."""

from zuji.client.client import Answer, Client

__all__ = ["Answer", "Client"]
