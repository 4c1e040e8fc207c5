"""ZIP files from strangers: written alike to the byte, read within bounds.

The whole file is in memory. Nothing is ever unpacked to a disk, so that a name in it is a name and
never a place.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from dianchi_client.errors import Rejected, malformed

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a ZIP, and of all that is in it."""
MOST_FILES: Final = 15_004
MOST_RATIO: Final = 100
"""How many times larger than in the ZIP a file of more than `_SMALL` bytes may be."""
_SMALL: Final = 64 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?", re.ASCII)
_HEADER: Final = b"PK\x01\x02"
_THEN: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_ENCRYPTED: Final = 0x1


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The same ZIP for the same files: names in order, one date, no compression.

    Compressed bytes would depend on the version of the compressor.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _THEN)
            info.create_system, info.external_attr = _UNIX, 0o100644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def read_archive(raw: bytes) -> dict[str, bytes]:
    """All files of a ZIP by their names.

    Raises:
        Rejected: it is none, is larger than it may be, or holds a name that is no plain name.
    """
    # Counted before it is opened: a list of millions of files would fill the memory by itself.
    if len(raw) > LARGEST or raw.count(_HEADER) > MOST_FILES:
        raise _bomb("ZIP")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            _must_be_bounded(infos)
            return {info.filename: _read(archive, info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise malformed("ZIP 文件", "ZIP file") from error


def _must_be_bounded(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        # The name as it stands in the file: what follows a zero byte counts too.
        name = info.orig_filename
        if not _NAME.fullmatch(name) or name != info.filename:
            raise _bad_name(name)
        if name in seen:
            raise _twice(name)
        seen.add(name)
        large = info.file_size > _SMALL and info.file_size > info.compress_size * MOST_RATIO
        if large or info.file_size > LARGEST:
            raise _bomb(name)
    if sum(info.file_size for info in infos) > LARGEST:
        raise _bomb("ZIP")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if info.flag_bits & _ENCRYPTED or info.compress_type not in kinds:
        raise _damaged(info.filename)
    try:
        with archive.open(info) as file:
            # A length bounds what is unpacked, whatever the compressed bytes would become.
            found = file.read(info.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(info.filename) from error
    if len(found) != info.file_size:
        raise _damaged(info.filename)
    return found


def _bad_name(name: str) -> Rejected:
    told = ascii(name[:80])
    return Rejected(
        "bad_name",
        f"ZIP 中的文件名 {told} 不安全：正常的档案包没有这样的名字",
        f"the name {told} in the ZIP is not safe: no honest bundle holds such a name",
    )


def _twice(name: str) -> Rejected:
    return Rejected(
        "twice",
        f"{name} 在 ZIP 中出现了两次：无法知道哪一份是真的",
        f"{name} stands twice in the ZIP: nobody can know which one is meant",
    )


def _bomb(name: str) -> Rejected:
    return Rejected(
        "too_large",
        f"{name} 解开后过大或文件过多，拒绝打开",
        f"{name} holds more than a bundle may: it was not opened",
    )


def _damaged(name: str) -> Rejected:
    return Rejected(
        "damaged",
        f"{name} 已损坏：与 ZIP 中的校验不符",
        f"{name} is damaged: it is not what the ZIP says of it",
    )
