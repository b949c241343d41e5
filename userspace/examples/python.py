#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python.py PID...: tell how processes end, whoever's children they are, how long
they ran and what they used. Needs nothing but Python's own library and libprocfd."""

import ctypes
import os
import select
import sys

COUNTS = "start_ns end_ns utime_ns stime_ns maxrss_bytes minflt majflt nvcsw nivcsw inblock oublock"
CHILDREN = "cutime_ns cstime_ns cmaxrss_bytes cminflt cmajflt cnvcsw cnivcsw cinblock coublock"


class ExitRecord(ctypes.Structure):
    """struct procfd_exit_record, see procfd_read_exit(3)"""

    _fields_ = [
        ("size", ctypes.c_uint32),
        ("wait_status", ctypes.c_uint32),
        ("mask", ctypes.c_uint64),
        ("code", ctypes.c_int32),
        ("status", ctypes.c_int32),
        ("pid", ctypes.c_int32),
        ("uid", ctypes.c_uint32),
    ] + [(name, ctypes.c_uint64) for name in (COUNTS + " " + CHILDREN).split()]

    def __str__(self):
        text = ctypes.create_string_buffer(64)
        lib.procfd_describe_exit(ctypes.byref(self), text, ctypes.c_size_t(64))
        return text.value.decode()


def check(result):
    """The result of a function of the library, or OSError."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Procfd:
    """One process, whatever becomes of its number. It can be given to select."""

    def __init__(self, pid):
        self.pid = pid
        self.fd = check(lib.procfd_open(pid, 0))

    def fileno(self):
        return self.fd

    def read_exit(self):
        record = ExitRecord()
        size = ctypes.c_size_t(ctypes.sizeof(record))
        check(lib.procfd_read_exit(self.fd, ctypes.byref(record), size))
        return record


lib = ctypes.CDLL("libprocfd.so.1", use_errno=True)
try:
    processes = {}
    with select.epoll() as epoll:
        for argument in sys.argv[1:]:
            process = Procfd(int(argument))
            processes[process.fileno()] = process
            epoll.register(process, select.EPOLLIN)
        while processes:
            for fd, _ in epoll.poll():
                end = processes[fd].read_exit()
                print(f"{processes[fd].pid}: {end} after {(end.end_ns - end.start_ns) / 1e9:.1f} s,",
                      f"peak memory {end.maxrss_bytes // 1024} KiB", flush=True)
                epoll.unregister(processes.pop(fd))
except (OSError, ValueError) as error:
    sys.exit(f"python.py: {error}")
