"""Programs of the system, run to their end without holding up the calls: sox, espeak-ng."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass

LONGEST_SECONDS = 120


class ProgramMissing(Exception):
    """A program that is not installed; its argument is the name."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit status (negative when killed) and what it wrote to standard output."""

    status: int
    output: bytes


async def run_program(
    name: str, *arguments: str, given: bytes = b"", seconds: float = LONGEST_SECONDS
) -> Finished:
    """Run a program on `given` as its standard input; it is killed after `seconds`, or when cancelled.

    Raises ProgramMissing.
    """
    path = shutil.which(name)
    if path is None:
        raise ProgramMissing(name)
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(  # noqa: TID251 - the one place; all pass by here
        path, *arguments, stdin=pipe, stdout=pipe, stderr=nothing
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate(given)
    except TimeoutError:
        output = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Finished(process.returncode if process.returncode is not None else -1, output)
