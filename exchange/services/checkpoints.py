"""What the log commits to: checkpoints signed, published, and never behind what was published."""

import os
from pathlib import Path

from sqlalchemy.orm import Session

from exchange.domain.errors import OfficeError
from exchange.services import own_keys
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as rows
from relay_protocol import merkle, note, tiles
from relay_protocol.errors import NoteError


class OlderDatabaseError(OfficeError):
    """The database is behind, or beside, a checkpoint that was published: it must not sign."""


class GuardLostError(OlderDatabaseError):
    """What was published last cannot be read outside the database: nothing tells its age."""


def sign_checkpoint(work: Work, published: Path) -> rows.CheckpointRow | None:
    """Sign the ledger as it stands, unless that size is signed already; its own transaction.

    Args:
        published: the file, outside the database, that holds the last published checkpoint.

    Returns:
        The newest checkpoint, or None while the ledger is empty.

    Raises:
        OlderDatabaseError: the database does not contain what was published, or what it signed.
    """
    session = work.session
    rows.lock_sequencer(session, wait=True)
    require_published(work, published)
    newest = rows.checkpoint(session)
    size = rows.size(session)
    if newest is not None:
        _require_within(work, newest.size, newest.root, size, "signed")
    if not size or (newest is not None and newest.size == size):
        return newest
    root = merkle.tree_root(size, tiles.nodes_of(stored_tiles(session), size))
    row = rows.CheckpointRow(
        size=size,
        root=root,
        note=_signed(note.Checkpoint(origin=work.scheme.origin, size=size, root=root), work),
        signed_at=work.now,
    )
    session.add(row)
    session.flush()
    return row


def signed_and_published(session: Session) -> tuple[int, int]:
    """Return the sizes of the newest signed and of the newest published checkpoint."""
    newest = rows.checkpoint(session)
    size = 0 if newest is None else newest.size
    return size, checkpoint_rows.published_size(session)


def was_quorate(session: Session, size: int) -> bool:
    """Return whether a checkpoint had its quorum when it was published; so had none at all."""
    row = checkpoint_rows.publication(session, size)
    return row is None or row.is_quorate


def publish(
    work: Work, published: Path, *, size: int | None = None, is_quorate: bool = True
) -> int:
    """Let readers see a stored checkpoint, and keep it outside the database too.

    A transaction of its own, whose lock lets one publisher at a time replace the file, in one
    step that a crash cannot halve. The file comes first: readers never see a checkpoint that a
    database restored later would not be compared with.

    Args:
        published: the file; it is left alone where it holds this checkpoint already.
        size: which checkpoint; the newest where none is named.
        is_quorate: whether its witnesses meet the quorum.

    Returns:
        The size of the newest published checkpoint.

    Raises:
        OlderDatabaseError: the database does not contain what was published before.
    """
    session = work.session
    rows.lock_sequencer(session, wait=True)
    before = checkpoint_rows.published_size(session)
    newest = rows.checkpoint(session)
    if size is not None:
        newest = checkpoint_rows.checkpoint_of(session, size)
    if newest is None or newest.size <= before:
        return before
    require_published(work, published)
    if not published.exists() or published.read_bytes() != newest.note:
        replace_durably(published, newest.note)
    checkpoint_rows.add_publication(session, newest.size, work.now, is_quorate=is_quorate)
    _prune(session, before, newest.size)
    return newest.size


def require_published(work: Work, published: Path) -> None:
    """Return if the database contains the last published checkpoint.

    Raises:
        GuardLostError: something was published, but the file that says what is gone or damaged.
        OlderDatabaseError: the database was restored from before it, or is another one.
    """
    try:
        kept = published.read_bytes()
    except FileNotFoundError as error:
        if not checkpoint_rows.published_size(work.session):
            return
        raise _lost(published, en="is missing", ja="がありません") from error
    except OSError as error:
        why = error.strerror
        raise _lost(published, en=f"cannot be read ({why})", ja=f"を読めません({why})") from error
    try:
        seen = _opened(work, kept)
    except NoteError as reason:
        raise _lost(
            published, en=f"is damaged ({reason})", ja=f"が壊れています({reason})"
        ) from reason
    _require_within(work, seen.size, seen.root, rows.size(work.session), "published")


def restore_guard(work: Work, published: Path, newest: bytes | None) -> int:
    """Write the file of the last published checkpoint anew; return the checkpoint's size.

    Args:
        newest: the newest checkpoint that anybody holds, such as a witness's or a mirror's; None
            to trust that this database is the newest.

    Raises:
        GuardLostError: that is no checkpoint of this log.
        OlderDatabaseError: the database does not contain that checkpoint.
    """
    rows.lock_sequencer(work.session, wait=True)
    size = rows.size(work.session)
    if newest is not None:
        try:
            seen = _opened(work, newest)
        except NoteError as reason:
            raise GuardLostError(
                f"what is brought is no checkpoint that this log has signed ({reason})",
                detail_ja=f"渡されたものは、この台帳が署名した要約署名ではありません({reason})。",
            ) from reason
        _require_within(work, seen.size, seen.root, size, "published")
    stored = checkpoint_rows.published(work.session)
    if stored is None:
        published.unlink(missing_ok=True)
        return 0
    replace_durably(published, stored.note)
    return stored.size


def replace_durably(path: Path, content: bytes) -> None:
    """Put a file into its place in one step, so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _signed(checkpoint: note.Checkpoint, work: Work) -> bytes:
    """Return a checkpoint signed by every key of the log that stands at its size."""
    signers = own_keys.log_signers(work, checkpoint.size)
    first, *further = (note.sign_note(checkpoint.text(), signer) for signer in signers)
    lines = [line for signed in further for line in note.Note.parse(signed).lines]
    return note.add_signatures(first, lines)


def _opened(work: Work, raw: bytes) -> note.Checkpoint:
    """Return the checkpoint of a note that a key of this log has signed.

    Raises:
        NoteError: the bytes are none.
    """
    reason = NoteError("no key of the log is known")
    for key in own_keys.log_verifiers(work):
        try:
            return note.open_checkpoint(raw, key)[0]
        except NoteError as error:
            reason = error
    raise reason


def _require_within(work: Work, size: int, root: bytes, held: int, what: str) -> None:
    """Refuse to go on from a database that does not contain a checkpoint."""
    origin = work.scheme.origin
    if size > held:
        raise OlderDatabaseError(
            f"the ledger has {held} entries, but a checkpoint of {size} was {what}: "
            f"this is an older database of {origin}; restore the newer one",
            detail_ja=f"台帳の記載は {held} 件ですが、{size} 件の要約署名がすでに出ています。"
            f"これは {origin} の古いデータベースです。新しいほうを復元してください。",
        )
    if merkle.tree_root(size, tiles.nodes_of(stored_tiles(work.session), held)) != root:
        raise OlderDatabaseError(
            f"the {what} checkpoint of {size} entries of {origin} has another root than this "
            f"database: it is not the one that was {what}; restore that one",
            detail_ja=f"すでに出ている {origin} の要約署名({size} 件)と、このデータベースとで、"
            "ルートが違います。要約署名を出したほうのデータベースを復元してください。",
        )


def _lost(published: Path, *, en: str, ja: str) -> GuardLostError:
    """Return the refusal to go on without the kept checkpoint, and what to do."""
    return GuardLostError(
        f"{published} {en}; it holds the last published checkpoint, without which a restored "
        f"older database cannot be told: put it back from the backup, or run `exchange ledger "
        f"guard --from FILE` with the newest checkpoint that a witness or a mirror holds, or "
        f"`exchange ledger guard --trust-database` if nothing was restored",
        detail_ja=f"{published} {ja}。最後に公開した要約署名を入れておくファイルで、これがないと、"
        "古いデータベースが復元されても見分けられません。バックアップから戻すか、立会人や写しが"
        "持つ最新の要約署名で `exchange ledger guard --from FILE` を、何も復元していなければ "
        "`exchange ledger guard --trust-database` を実行してください。",
    )


def _prune(session: Session, before: int, size: int) -> None:
    """Take away the parts of tiles that stand whole under the checkpoint just published."""
    for level in range(tiles.MAX_LEVEL + 1):
        shift = tiles.TILE_HEIGHT * (level + 1)
        first, beyond = before >> shift, size >> shift
        if not size >> shift:
            return
        if first < beyond:
            checkpoint_rows.prune_parts(session, level, first, beyond)
