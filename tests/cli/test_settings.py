"""Settings: defaults < zuji.toml < environment < options, and no silent mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuji.settings import BadSettings, Settings, allowed_names, load_settings, variable_of

TOML = """
port = 9001
trusted_proxies = ["10.0.0.0/8"]
[spool]
max_bytes = 1000
"""


def test_without_a_file_and_variables_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"PATH": "/bin"}) == Settings()


def test_the_file_beats_the_defaults_the_environment_the_file_and_options_both(tmp_path: Path) -> None:
    (tmp_path / "zuji.toml").write_text(TOML)
    settings = load_settings(tmp_path, {"ZUJI_SPOOL_MAX_BYTES": "2000", "ZUJI_GATEWAYS": "2"})
    assert (settings.port, settings.gateways, settings.spool.max_bytes) == (9001, 2, 2000)
    assert settings.trusted_proxies == ("10.0.0.0/8",)
    changed = settings.with_options(port=0, host=None)
    assert (changed.port, changed.host, changed.spool.max_bytes) == (0, "127.0.0.1", 2000)


def test_a_list_in_the_environment_is_separated_by_commas(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"ZUJI_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128"}).trusted_proxies == (
        "10.0.0.0/8",
        "::1/128",
    )
    assert load_settings(tmp_path, {"ZUJI_TRUSTED_PROXIES": ""}).trusted_proxies == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("prot = 1", r"'prot' is no setting\. Allowed are: host, port"),
        ("[spool]\nmax = 1", r"'spool\.max' is no setting.*spool\.max_bytes"),
        ("spool = 5", r"\[spool\] is a section"),
        ("port = 'many'", r"value it cannot have: .*port"),
        ("port = 70000", r"port must lie between 0 and 65535, got 70000"),
        ("gateways = 0", r"gateways must lie between 1 and 64, got 0"),
        ("port = ", r"is not valid TOML"),
        ("inputs = 5", r"value it cannot have: .*inputs"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_what_is_allowed(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "zuji.toml").write_text(text)
    with pytest.raises(BadSettings, match=complaint):
        load_settings(tmp_path, {})


def test_inputs_have_names_of_their_own_and_stand_in_the_file_alone(tmp_path: Path) -> None:
    (tmp_path / "zuji.toml").write_text('[inputs.beacons]\nkind = "mqtt"\n[inputs.beacons.mapping]\nevent = "x"\n')
    settings = load_settings(tmp_path, {})
    assert settings.with_options(port=1).inputs == {"beacons": {"kind": "mqtt", "mapping": {"event": "x"}}}
    with pytest.raises(BadSettings, match="ZUJI_INPUTS is no setting"):
        load_settings(tmp_path, {"ZUJI_INPUTS": "{}"})


def test_a_variable_nobody_knows_is_refused_but_the_data_folder_is_not_a_setting(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"ZUJI_DATA": "/somewhere"}) == Settings()
    with pytest.raises(BadSettings, match=r"ZUJI_PROT is no setting.*ZUJI_PORT"):
        load_settings(tmp_path, {"ZUJI_PROT": "1"})


def test_every_setting_can_be_set_by_a_variable_of_its_own() -> None:
    variables = [variable_of(name) for name in allowed_names()]
    assert len(set(variables)) == len(variables) > 10
