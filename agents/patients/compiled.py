"""How the kernels are compiled, and kept on disk.

``kernel`` and ``kernel_view`` are for functions that only kernels call. ``entry`` is for those that Python calls: numba
keeps their machine code between runs. It would not notice a change in a function that an entry point calls and that
lives in another file, so the digest of all files of this folder is part of an entry point's cache key.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import CellType, FunctionType
from typing import Any

from numba import njit

#: no way in from Python and no counting of references (these functions keep none): compiles three times as fast.
#: They are written out where they are called, or each call would copy the hundreds of words of its named tuples
#: (numba's stubs leave out ``_nrt`` and ``forceinline``)
kernel = njit(  # pyright: ignore[reportCallIssue]
    no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, forceinline=True
)
#: the same for functions that return arrays, whose references have to be counted
kernel_view = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]
#: for functions that return a row of a table, which numba can only do by writing them out where they are called
kernel_inline = njit(inline="always", no_cpython_wrapper=True, no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]


def digest_of_sources(folder: Path) -> str:
    """SHA-256 of the text of the Python files in a folder, in the order of their names."""
    return sha256(b"".join(file.read_bytes() for file in sorted(folder.glob("*.py")))).hexdigest()


SOURCES = digest_of_sources(Path(__file__).parent)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a kernel that Python calls. It releases Python's lock, and its machine code is kept on disk.

    numba's cache key covers the function's own bytecode and what it closes over; so it is made to close over
    ``SOURCES``, which its code never reads.
    """
    closure = (CellType(SOURCES),)
    code = function.__code__.replace(co_freevars=("sources",))
    named = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    named.__doc__, named.__qualname__ = function.__doc__, function.__qualname__
    named.__module__ = function.__module__
    return njit(cache=True, nogil=True)(named)
