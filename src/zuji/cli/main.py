"""The `zuji` command: one file per command, errors as one clear line.

Exit codes: 0 done; 1 could not be done, or something is wrong; 2 asked in a way that makes no sense.
"""

from __future__ import annotations

import os
import sys

import typer

from zuji.cli import (
    ask,
    backup,
    cleaning,
    demo,
    doctor,
    import_,
    import_jobs,
    plan,
    points,
    profile,
    quality,
    quarantine,
    receiver,
    region,
    segment,
    serve,
    source,
    sql,
    tag,
    tail,
    token,
    user,
    workspace,
)
from zuji.cli.output import complain
from zuji.terms.error import BadRequest, ZujiError

app = typer.Typer(
    name="zuji",
    help="zuji (足迹): a self-hosted customer data and behaviour-intelligence platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve.serve)
app.command()(demo.demo)
app.command()(tail.tail)
app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(ask.ask)
app.command()(sql.sql)
app.command("import")(import_.import_)
import_.app.command("run")(import_jobs.run)
app.command()(points.points)
app.add_typer(import_.app, name="imports")
app.add_typer(cleaning.app, name="cleaning")
app.add_typer(plan.app, name="plan")
app.add_typer(profile.app, name="profile")
app.add_typer(quality.app, name="quality")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(receiver.app, name="receiver")
app.add_typer(region.app, name="region")
app.add_typer(segment.app, name="segment")
app.add_typer(source.app, name="source")
app.add_typer(tag.app, name="tag")
app.add_typer(token.app, name="token")
app.add_typer(user.app, name="user")
app.add_typer(workspace.app, name="workspace")
app.command()(doctor.doctor)
app.command()(backup.backup)
app.command()(backup.restore)

WRONG = 1
NONSENSE = 2
INTERRUPTED = 130
PRIVATE = 0o077
"""What we write is about people: only the user who runs zuji may read it."""


def run() -> None:
    """What the installed script calls."""
    os.umask(PRIVATE)
    try:
        app()
    except ZujiError as failure:
        complain(str(failure))
        sys.exit(NONSENSE if isinstance(failure, BadRequest) else WRONG)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output (head, less) has left; closing quietly is what it expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(WRONG)
    except OSError as failure:
        complain(f"{failure.strerror or failure}: {failure.filename}" if failure.filename else str(failure))
        sys.exit(WRONG)
    except Exception as bug:
        if os.environ.get("ZUJI_LOG_LEVEL") == "debug":
            raise
        complain(f"this is a defect: {type(bug).__name__}: {bug}. ZUJI_LOG_LEVEL=debug shows where.")
        sys.exit(WRONG)
