"""Runs a command of `sysgen` in a fork of this process, counts its events, and kills it at one of them.

An event is a change of files, a connection, or a request (one before it is sent, one once it is answered), of
its main process; or that any of its processes keeps a reply of an engine (one before it, one behind it).
"""

import contextlib
import importlib
import multiprocessing
import os
import select
import signal
import sys
import traceback

OUTLIVED = 98
"""The exit code of a command some process of which is there for a minute after it."""
_AT_MOST = 600
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
_EVENTS |= {"shutil.rmtree", "shutil.copytree", "shutil.copyfile", "sqlite3.connect", "socket.connect"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def run_here(command):
    """Run a command in this process, which then has all that it imports; its exit code."""
    from sysgen_distilabel import cli

    sys.argv = ["sysgen", *map(str, command)]
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def run_forked(command, kill_at=0, at_replies=False):
    """Run a command in a process of its own; its exit code, and the number of its events.

    Args:
        command: the arguments of `sysgen`.
        kill_at: the event at which it gets SIGKILL; 0 for none.
        at_replies: whether events are kept replies, at one of which all its processes are killed at once.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            os.setsid()
            signal.alarm(_AT_MOST)  # what hangs ends, and is no success
            silence()
            count = (_count_replies if at_replies else _count_events)(kill_at)
            code = run_here(command)
            os.write(writer, str(count()).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    _, status = os.waitpid(pid, 0)
    has_ended, _, _ = select.select([reader], [], [], 60)  # the processes it has started hold it open
    events = os.read(reader, 100) if has_ended else b""
    os.close(reader)
    if not has_ended:
        os.killpg(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status) if has_ended else OUTLIVED, int(events or 0)


def silence():
    """Nothing that this process prints is seen from now on."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _count_events(kill_at):
    """Count the events of this process, and end it at one of them."""
    counted, mine = [0], os.getpid()

    def count():
        counted[0] += 1
        if counted[0] == kill_at and os.getpid() == mine:
            os.kill(mine, signal.SIGKILL)

    def hear(event, arguments):
        if os.getpid() != mine:
            return  # a step's own process
        is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if event in _EVENTS or (is_writing and not str(arguments[0]).startswith("/dev/")):
            count()

    sys.addaudithook(hear)
    for module in ("httpx", "httpx2"):
        with contextlib.suppress(ImportError):
            _hear_requests(importlib.import_module(module).Client, count)
    return lambda: counted[0]


def _count_replies(kill_at):
    """Count each reply twice, before a process of the command keeps it and behind, and kill all of them."""
    from sysgen_distilabel.recorded.store import Store

    counted, group, append = multiprocessing.Value("i"), os.getpid(), Store.append

    def count(number):
        with counted.get_lock():
            counted.value += number
            if counted.value - number < kill_at <= counted.value:
                os.killpg(group, signal.SIGKILL)

    def counting(self, records):
        count(len(records))
        append(self, records)
        count(len(records))

    Store.append = counting
    return lambda: counted.value


def _hear_requests(client, count):
    """Count each request twice: before it is sent, and once it is answered."""
    send = client.send

    def counted(self, *arguments, **options):
        count()
        answer = send(self, *arguments, **options)
        count()
        return answer

    client.send = counted
