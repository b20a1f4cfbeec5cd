"""The page at /api/v1/docs: the OpenAPI description as plain HTML. No script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a2b33}"
    "summary{cursor:pointer;padding:.3rem 0}code{background:#eef3f4;padding:.1rem .3rem;border-radius:.2rem}"
    "pre{background:#eef3f4;padding:.8rem;overflow:auto}.m{display:inline-block;width:4.5rem;font-weight:600}"
)
_METHODS = ("get", "post", "patch", "put", "delete")


def docs_page(description: dict[str, Any]) -> str:
    """One foldable section per operation, grouped by tag."""
    groups: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method in _METHODS:
            if operation := operations.get(method):
                tag = (operation.get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append(_operation(method, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(parts)}" for tag, parts in groups.items())
    title = escape(description["info"]["title"])
    about = escape(description["info"].get("description", ""))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1><p>{about}</p>"
        f'<p>Machine-readable: <a href="openapi.json">openapi.json</a></p>{body}'
        f"<h2>Shapes</h2>{_shapes(description)}</body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(_parameter(parameter) for parameter in operation.get("parameters", []))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return (
        f'<details><summary><span class="m">{method.upper()}</span><code>{escape(path)}</code> '
        f"{escape(operation.get('summary', ''))}</summary><p>{escape(operation.get('description', ''))}</p>"
        f"<p>Permission: <code>{escape(operation.get('x-permission', ''))}</code></p>"
        + (f"<ul>{parameters}</ul>" if parameters else "")
        + (f"<p>Body: <code>{escape(_name_of(body))}</code></p>" if body else "")
        + "</details>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    text = parameter.get("description") or parameter.get("schema", {}).get("description", "")
    return f"<li><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])}) {escape(text)}</li>"


def _shapes(description: dict[str, Any]) -> str:
    schemas = description.get("components", {}).get("schemas", {})
    return "".join(
        f"<details><summary><code>{escape(name)}</code> {escape(schema.get('description', ''))}</summary>"
        f"<pre>{escape(json.dumps(schema.get('properties', {}), indent=2, ensure_ascii=False))}</pre></details>"
        for name, schema in sorted(schemas.items())
    )


def _name_of(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2] or str(schema.get("type", "JSON"))
