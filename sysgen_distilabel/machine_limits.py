"""Errors by which the machine says that it has no more to give: they are no row's fault, and no defect."""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import MachineLimit

DISK_ERRORS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)
_FILE_ERRORS: Final = (errno.EMFILE, errno.ENFILE)
_SIZES: Final = Path("/proc/self/statm")
_SIZE: Final = {"numpy": 50_000_000, "scipy.linalg": 110_000_000}
_THREAD: Final = 42_000_000
"""Bytes of addresses that each thread of OpenBLAS takes, which NumPy and SciPy both bring."""
_MOST_THREADS: Final = 64
"""Of the OpenBLAS in their wheels."""
_NO_THREAD: Final = "can't start new thread"


def require_scipy() -> None:
    """Make sure that `ulimit -v` leaves enough for SciPy, whose OpenBLAS waits for ever or ends the process.

    Raises:
        MemoryError: if it leaves less.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    missing = _SIZE.keys() - sys.modules.keys()
    if not missing or limit == resource.RLIM_INFINITY or not _SIZES.exists():
        return
    size = sum(_SIZE[name] + _THREAD * _count_threads() for name in missing)
    pages = int(_SIZES.read_text(encoding="ascii").split()[0])
    if limit - pages * resource.getpagesize() < size:
        raise MemoryError(f"`ulimit -v` leaves less than {size:,} bytes")


def _count_threads() -> int:
    """The threads that OpenBLAS starts."""
    given = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    asked = int(given) if given.isdecimal() else 0
    return min(asked or os.cpu_count() or 1, _MOST_THREADS)


def name_limit(error: BaseException | None) -> MachineLimit | None:
    """The limit that an error, or one behind it, has met, and that all that follows will meet, too."""
    while error is not None:
        if limit := _name_own_limit(error):
            return limit
        # What fails in tidying up stands before what it had to tidy up after.
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _name_own_limit(error: BaseException) -> MachineLimit | None:
    number, place = (error.errno or 0, error.filename) if isinstance(error, OSError) else (0, None)
    if number in _FILE_ERRORS:
        return MachineLimit(
            "No more files can be opened: the system's limit is reached.",
            "Raise it, such as with `ulimit -n 1024`.",
        )
    if number in DISK_ERRORS:
        return MachineLimit(
            f"{place or 'A file'} cannot be written: {os.strerror(number)}.",
            "Make room, raise the limit (quota, `ulimit -f`) or mend the disk; TMPDIR says where temporary "
            "files lie.",
        )
    if number == errno.ENOMEM or isinstance(error, MemoryError) or _NO_THREAD in str(error):
        return MachineLimit(
            "There is no more memory to be had.",
            "Allow more (`ulimit -v`, the limit of the job or container), or lower the batch size or the "
            "number of replicas.",
        )
    return None
