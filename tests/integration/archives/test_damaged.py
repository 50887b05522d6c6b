"""An archive cut short, altered, crafted or of another version: one sentence, and nothing is restored."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grc.archives import reading
from grc.archives.contents import FORMAT
from grc.archives.sealing import Sealer
from grc.archives.versions import UNNUMBERED
from grc.archives.writing import COMMENT
from grc.authorities.models import Authority, Service
from grc.cli import main
from grc.errors import Invalid
from tests.support import archived
from tests.support.archived import NOW, PASSPHRASE, empty, members, opened, restored, rewritten, with_everything
from tests.support.world import SECRET

_QUICKLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a commune that has a row in every table."""
    return with_everything(tmp_path_factory.mktemp("damaged"))


@pytest.fixture(scope="module")
def sealed(source: Path) -> Path:
    """The same, sealed whole."""
    path = source.with_name("sealed.grc")
    with opened(f"sqlite:///{source.parent / 'grc.db'}", SECRET) as database:
        archived.exported(database, source.parent / "files", path, is_sealed=True)
    return path


def refused(path: Path, content: bytes, *, passphrase: str | None = None) -> str:
    """What is said of an archive with these bytes."""
    path.write_bytes(content)
    with pytest.raises(Invalid) as raised, reading.reading(path, passphrase=passphrase):
        pass
    return str(raised.value)


@_QUICKLY
@given(at=st.floats(0, 1, exclude_max=True))
@example(at=0.0)
@example(at=0.9999999)
def test_cut_short_anywhere(source: Path, tmp_path: Path, at: float) -> None:
    content = source.read_bytes()
    assert "incomplète ou altérée" in refused(tmp_path / "cut.zip", content[: int(at * len(content))])


@_QUICKLY
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(at=0.0, bit=0)
@example(at=0.9999999, bit=0)
def test_one_bit_flipped_anywhere(source: Path, tmp_path: Path, at: float, bit: int) -> None:
    content = bytearray(source.read_bytes())
    content[int(at * len(content))] ^= 1 << bit
    assert "incomplète ou altérée" in refused(tmp_path / "flipped.zip", bytes(content))


def test_a_sealed_archive_opens_with_its_passphrase_alone(sealed: Path, tmp_path: Path) -> None:
    content = sealed.read_bytes()
    with reading.reading(sealed, passphrase=PASSPHRASE) as archive:
        assert archive.manifest.rows["submission"] == 1
    assert "scellée" in refused(tmp_path / "sealed.grc", content)
    for wrong in (content[:-1], content[: len(content) // 2], content[:40] + b"?" + content[41:]):
        assert "phrase de passe" in refused(tmp_path / "sealed.grc", wrong, passphrase=PASSPHRASE)
    assert "phrase de passe" in refused(tmp_path / "sealed.grc", content, passphrase="une autre phrase")
    assert b"tilleul" not in content


def _manifest(**changes: Any) -> Callable[[dict[str, bytes]], dict[str, bytes | None]]:
    return lambda kept: {"manifest.json": json.dumps({**json.loads(kept["manifest.json"]), **changes}).encode()}


def _rows(table: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], dict[str, bytes | None]]:
    """The first row of a table otherwise."""
    name = f"tables/{table}.jsonl"

    def changed(kept: dict[str, bytes]) -> dict[str, bytes | None]:
        first, *others = kept[name].splitlines(keepends=True)
        return {name: b"".join([json.dumps(change(json.loads(first))).encode() + b"\n", *others])}

    return changed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_manifest(format=FORMAT + 1), "version plus récente"),
        (_manifest(revision="0999"), "version plus récente"),
        (_manifest(revision="0005", format=1, version=UNNUMBERED, surprise=1), "0.1.0.*révision 0005.*d’avant les"),
        (_manifest(format=FORMAT - 1), "d’avant les versions numérotées"),
        (_manifest(format=0), "mal formée"),
        (_manifest(format="1"), "mal formée"),
        (_manifest(surprise=1), "mal formée"),
        (_manifest(rows={}), "nombre de lignes"),
        (lambda kept: {"manifest.json": None}, "mal formée"),
        (lambda kept: {"manifest.json": b"{"}, "mal formée"),
        (lambda kept: {"../../etc/passwd": b"root"}, "inattendu"),
        (lambda kept: {"/etc/passwd": b"root"}, "inattendu"),
        (lambda kept: {"files/tilleul/../../x": b"root"}, "inattendu"),
        (lambda kept: {"tables/unheard_of.jsonl": b"{}\n"}, "table inconnue"),
        (lambda kept: {"tables/browser_session.jsonl": b"{}\n"}, "table inconnue"),
        (lambda kept: {"tables/service.jsonl": b"\xff\n"}, "illisible"),
        (lambda kept: {"tables/service.jsonl": b"{}"}, "mal formée"),
        (lambda kept: {name: None for name in kept if name.startswith("files/")}, "pièce jointe manque"),
        (lambda kept: {name: None for name in kept if name.endswith(".pdf")}, "courrier manque"),
        (_rows("message", lambda row: {**row, "raw": "LISEZMOI.md"}), "courrier manque"),
        (_rows("message", lambda row: {**row, "raw": "courriers/sans-demande/2.pdf"}), "courrier manque"),
        (lambda kept: {"courriers/sans-demande/3.eml": b"To: x"}, "nommé par aucune ligne"),
        (lambda kept: {"courriers/../3.eml": b"To: x"}, "inattendu"),
        (lambda kept: {"LISEZMOI.md": bytes(3_000_000)}, "LISEZMOI.md .* démesurément"),
        (_rows("service", lambda row: {**row, "surprise": 1}), "inconnues : surprise"),
        (_rows("service", lambda row: {key: row[key] for key in row if key != "name"}), "absentes : name"),
        (_rows("service", lambda row: {**row, "name": 3}), "valeur illisible"),
        (_rows("service", lambda row: {**row, "name": None}), "valeur illisible"),
        (_rows("service", lambda row: {**row, "id": 2**63}), "valeur illisible"),
        (_rows("submission", lambda row: {**row, "received_at": "hier"}), "valeur illisible"),
        (_rows("webhook", lambda row: {**row, "sealed_secret": "clair"}), "valeur illisible"),
        (_rows("service", lambda row: {**row, "authority_id": 99}), "autre collectivité"),
        (_rows("service", lambda row: {**row, "id": 9999}), "pas dans l’ordre"),
        (_rows("submission", lambda row: {**row, "service_id": 9999}), "ne se répondent pas"),
    ],
)
def test_crafted(source: Path, tmp_path: Path, change: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LARGE", 1_000_000)
    crafted = rewritten(source, tmp_path / "crafted.zip", change(members(source)))
    with opened(empty(tmp_path), SECRET) as database:
        with pytest.raises(Exception, match=said) as raised:
            restored(database, tmp_path / "files", crafted, passphrase=None, with_secrets=False)
        assert "GrcError" in {each.__name__ for each in type(raised.value).__mro__}
        assert sum(archived.counts(database).values()) == 0
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_many_members_none_of_which_is_a_bomb(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_DENSEST", 20)
    monkeypatch.setattr(reading, "_LARGE", 1_000_000)
    crafted = rewritten(source, tmp_path / "b.zip", {f"demandes/x-v{n}.csv": bytes(900_000) for n in range(9)})
    with pytest.raises(Invalid, match=r"^L’archive se déplie"), reading.reading(crafted, passphrase=None):
        pass


def test_a_row_that_names_another_authority_s_row(source: Path, tmp_path: Path) -> None:
    change = _rows("submission", lambda row: {**row, "service_id": 9999})
    crafted = rewritten(source, tmp_path / "crafted.zip", change(members(source)))
    with opened(empty(tmp_path), SECRET) as database:
        with database.writing(scope=None) as session:
            session.add(Authority(id=99, slug="autre", kind="x", name="x", sender_address="x", created_at=NOW))
            session.flush()
            session.add(Service(id=9999, authority_id=99, slug="autre", name="Autre"))
        with pytest.raises(Invalid, match="ne se répondent pas"):
            restored(database, tmp_path / "files", crafted, passphrase=None, with_secrets=False)
        assert sum(archived.counts(database).values()) == 2


def test_a_journal_rewritten_on_purpose_is_never_sealed_as_ours(source: Path, tmp_path: Path) -> None:
    """Every sum that needs no key is right: with the secrets the archive is refused, without them its chain is."""
    kept = members(source)
    told = json.loads(kept["manifest.json"])
    bare: dict[str, bytes | None] = {f"tables/journal_{name}.jsonl": b"" for name in ("link", "seal")}
    bare["manifest.json"] = json.dumps(
        {**told, "rows": {**told["rows"], "journal_link": 0, "journal_seal": 0}, "made_at": "2030-01-01T00:00:00+00:00"}
    ).encode()
    entry = _rows("journal_entry", lambda row: {**row, "data": {"n": 666}})(kept)
    unchained, broken = (rewritten(source, tmp_path / f"{n}.zip", entry | more) for n, more in enumerate((bare, {})))
    with opened(empty(tmp_path), SECRET) as database:
        for crafted in (unchained, broken):
            with pytest.raises(Invalid, match="a été changée après l’export"):
                restored(database, tmp_path / "files", crafted)
            with pytest.raises(Invalid, match="--accept-faults"):
                restored(database, tmp_path / "files", crafted, passphrase=None, with_secrets=False)
        assert sum(archived.counts(database).values()) == 0
        how = {"with_secrets": False, "accepts_faults": True, "is_trial": True}
        assert len(restored(database, tmp_path / "files", broken, passphrase=None, **how).faults) > 0


@pytest.mark.parametrize(
    "line",
    [
        {"authority": 99, "hash_keys": ["AAAA"]},
        {"hash_keys": ["AAAA"]},
        {"authority": 1, "hash_keys": ["A"]},
        {"authority": [], "hash_keys": 3},
        {"table": "agent"},
        [],
    ],
)
def test_a_sealed_part_that_is_not_ours(source: Path, tmp_path: Path, line: Any) -> None:
    """Who knows the passphrase gives no keys to a neighbour, and gets a sentence."""
    written = io.BytesIO()
    sealer = Sealer(written, PASSPHRASE)
    with reading.reading(source, passphrase=PASSPHRASE) as archive:
        for said in (line, *archive.secrets()):
            sealer.write(json.dumps(said).encode() + b"\n")
    sealer.close()
    crafted = rewritten(source, tmp_path / "crafted.zip", {"secrets.sealed": written.getvalue()})
    with opened(empty(tmp_path), SECRET) as database:
        with pytest.raises(Invalid, match="mal formée"):
            restored(database, tmp_path / "files", crafted)
        assert sum(archived.counts(database).values()) == 0


def test_two_members_of_one_name(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(source.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("LISEZMOI.md", "autre")
        zipped.comment = bytes(COMMENT)
    assert "deux fois" in refused(path, _summed(path.read_bytes()))


def _summed(content: bytes) -> bytes:
    """The bytes with the sum that they should end with."""
    import hashlib

    from grc.archives.writing import SEAL

    kept = content[:-COMMENT]
    return kept + SEAL + hashlib.sha256(kept).hexdigest().encode()


def test_the_command_says_one_sentence(source: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(source.read_bytes()[:-1])
    (tmp_path / "phrase").write_text(PASSPHRASE)
    environment = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": empty(tmp_path), "GRC_STORAGE": str(tmp_path / "f")}
    for file in (tmp_path / "cut.zip", tmp_path / "absent.zip"):
        arguments = ["authority", "restore", str(file), "--passphrase-file", str(tmp_path / "phrase")]
        answer = CliRunner().invoke(main, arguments, env=environment)
        assert answer.exit_code == 2
        assert answer.output.count("\n") == 1, answer.output
