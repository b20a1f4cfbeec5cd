"""zuji (足迹): a self-hosted customer data and behaviour-intelligence platform."""

__version__ = "0.1.0"
"""The one place that knows it: the packaging reads it from here, and so does a checkout that nobody installed."""
