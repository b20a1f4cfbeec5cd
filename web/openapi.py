"""Write the description of the API to web/openapi.json, from which the console's types are generated.

It is made from the routes themselves, without a running engine, so it is always what the code says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from zuji.api.app import PREFIX, ROUTERS
from zuji.api.routes import operation

TARGET = Path(__file__).parent / "openapi.json"


def description() -> dict[str, Any]:
    """The document of every route that the API has."""
    app = FastAPI(title="zuji API")
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(operation.router)
    return app.openapi()


if __name__ == "__main__":
    TARGET.write_text(json.dumps(description(), ensure_ascii=False, indent=1), encoding="utf-8")
