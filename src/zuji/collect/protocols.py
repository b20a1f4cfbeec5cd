"""The protocols by name."""

from __future__ import annotations

from zuji.collect.decode import ga4, matomo, mixpanel, posthog, segment, sensors, snowplow, webhook
from zuji.collect.decode.request import ProtocolModule
from zuji.collect.routes import ProtocolName

PROTOCOLS: dict[ProtocolName, ProtocolModule] = {
    "segment": segment,
    "sensors": sensors,
    "posthog": posthog,
    "webhook": webhook,
    "snowplow": snowplow,
    "ga4": ga4,
    "matomo": matomo,
    "mixpanel": mixpanel,
}
