"""`python -m zuji.cli` is `zuji`."""

from zuji.cli.main import run

if __name__ == "__main__":
    run()
