"""Formats whose fields are known: their mappings need not be guessed."""

from __future__ import annotations

import re

from zuji.collect.importing.mapping import Cell, Format, Mapping

ACCESS_LOG_LINE = re.compile(
    r"^(?P<address>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] "
    r'"(?:(?P<method>[A-Z]+) (?P<path>\S+)(?: (?P<protocol>[^"]*))?|(?P<odd>[^"]*))" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-)(?: "(?P<referrer>[^"]*)" "(?P<agent>.*)")?\s*$'
)
"""Common and combined log format, as Apache and nginx write it. A request that is none stands in `odd`."""
ACCESS_LOG_COLUMNS = tuple(name for name in ACCESS_LOG_LINE.groupindex if name != "ident")

_SNOWPLOW = """
app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id name_tracker v_tracker
v_collector v_etl user_id user_ipaddress user_fingerprint domain_userid domain_sessionidx network_userid
geo_country geo_region geo_city geo_zipcode geo_latitude geo_longitude geo_region_name ip_isp ip_organization
ip_domain ip_netspeed page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath
page_urlquery page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery
refr_urlfragment refr_medium refr_source refr_term mkt_medium mkt_source mkt_term mkt_content mkt_campaign
contexts se_category se_action se_label se_property se_value unstruct_event tr_orderid tr_affiliation tr_total
tr_tax tr_shipping tr_city tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price ti_quantity
pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name br_family br_version br_type
br_renderengine br_lang br_features_pdf br_features_flash br_features_java br_features_director
br_features_quicktime br_features_realplayer br_features_windowsmedia br_features_gears
br_features_silverlight br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer
os_timezone dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height
tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency geo_timezone
mkt_clickid mkt_network etl_tags dvce_sent_tstamp refr_domain_userid refr_dvce_tstamp derived_contexts
domain_sessionid derived_tstamp event_vendor event_name event_format event_version event_fingerprint
true_tstamp
"""
SNOWPLOW_COLUMNS = tuple(_SNOWPLOW.split())
"""The 131 columns of an enriched event, in their order."""

_ACCESS_LOG = Mapping(
    format="access_log",
    event=Cell(constant="Page Requested"),
    time=Cell(column="time", formats=("%d/%b/%Y:%H:%M:%S %z",)),
    identifiers={
        "user_id": Cell(column="user"),
        "anonymous_id": Cell(template="{address} {agent}", kind="hash"),
    },
    properties={
        "method": Cell(column="method"),
        "status": Cell(column="status", kind="number"),
        "bytes": Cell(column="bytes", kind="number"),
        "request": Cell(column="odd"),
    },
    context={
        "ip": Cell(column="address"),
        "userAgent": Cell(column="agent"),
        "page.path": Cell(column="path"),
        "page.referrer": Cell(column="referrer"),
    },
)

_ENRICHED = Mapping(
    format="snowplow",
    delimiter="\t",
    quote="",
    header=False,
    type=Cell(column="event_name", values={"page_view": "page", "screen_view": "screen"}, otherwise="track"),
    # A structured event has a column for its action, and `event` for a name as all of them have.
    event=Cell(column="se_action", or_column="event_name"),
    time=Cell(column="derived_tstamp"),
    message_id=Cell(column="event_id"),
    identifiers={
        "user_id": Cell(column="user_id"),
        "anonymous_id": Cell(column="domain_userid"),
        "cookie_id": Cell(column="network_userid"),
    },
    properties={
        "app_id": Cell(column="app_id"),
        "platform": Cell(column="platform"),
        "event_vendor": Cell(column="event_vendor"),
        "session_id": Cell(column="domain_sessionid"),
        "contexts": Cell(column="contexts", kind="json"),
        "unstruct_event": Cell(column="unstruct_event", kind="json"),
        "category": Cell(column="se_category", or_column="ti_category"),
        "action": Cell(column="se_action"),
        "label": Cell(column="se_label"),
        "property": Cell(column="se_property"),
        "value": Cell(column="se_value", kind="number"),
        "order_id": Cell(column="tr_orderid", or_column="ti_orderid"),
        "affiliation": Cell(column="tr_affiliation"),
        "total": Cell(column="tr_total", kind="number"),
        "tax": Cell(column="tr_tax", kind="number"),
        "shipping": Cell(column="tr_shipping", kind="number"),
        "city": Cell(column="tr_city"),
        "state": Cell(column="tr_state"),
        "country": Cell(column="tr_country"),
        "currency": Cell(column="tr_currency", or_column="ti_currency"),
        "sku": Cell(column="ti_sku"),
        "name": Cell(column="ti_name"),
        "price": Cell(column="ti_price", kind="number"),
        "quantity": Cell(column="ti_quantity", kind="number"),
    },
    context={
        "ip": Cell(column="user_ipaddress"),
        "userAgent": Cell(column="useragent"),
        "locale": Cell(column="br_lang"),
        "page.url": Cell(column="page_url"),
        "page.title": Cell(column="page_title"),
        "page.path": Cell(column="page_urlpath"),
        "page.referrer": Cell(column="page_referrer"),
        "campaign.source": Cell(column="mkt_source"),
        "campaign.medium": Cell(column="mkt_medium"),
        "campaign.name": Cell(column="mkt_campaign"),
        "campaign.term": Cell(column="mkt_term"),
        "campaign.content": Cell(column="mkt_content"),
    },
)

PRESETS: dict[Format, Mapping] = {"access_log": _ACCESS_LOG, "snowplow": _ENRICHED}


def completed(mapping: Mapping) -> Mapping:
    """A mapping that names such a format and nothing else is the preset."""
    preset = PRESETS.get(mapping.format)
    return preset if preset is not None and not mapping.identifiers else mapping
