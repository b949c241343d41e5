#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""supervisor.py SOCKET [COMMAND...]: run services, and tell how each ended. A second one
on the same SOCKET succeeds the first: it is handed the procfds. No status is lost, though
the services are not its children, and may end meanwhile: if one of the two is killed, the
other one has them all."""

import contextlib
import ctypes
import os
import select
import socket
import sys

KILL_ON_CLOSE, AUTOREAP = 1 << 1, 1 << 2

lib = ctypes.CDLL("libprocfd.so.1", use_errno=True)
services = {}


def start(command):
    """It dies with its last supervisor, and how it ended is in the procfd, and nowhere else."""
    fd = lib.procfd_next_child(KILL_ON_CLOSE | AUTOREAP)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "procfd_next_child")
    os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ)
    services[fd] = command


def report(fd):
    text = ctypes.create_string_buffer(64)
    lib.procfd_describe_exit(os.read(fd, 1024).ljust(1024, b"\0"), text, ctypes.c_size_t(64))
    print(f"{services.pop(fd)}: {text.value.decode()}", flush=True)
    os.close(fd)


def hand_over(listener):
    """All in one message. They are the successor's when it says so, and not before."""
    with listener.accept()[0] as connection, contextlib.suppress(OSError):
        socket.send_fds(connection, ["\0".join(services.values()).encode()], list(services))
        return connection.recv(1) == b"+"
    return False


def succeed(path):
    """Take over from who listens there. If that one is killed now, they are ours all the same."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as link:
        if link.connect_ex(path):
            return
        commands, fds, _, _ = socket.recv_fds(link, 1 << 16, 253)
        for fd, command in zip(fds, commands.decode().split("\0")):
            os.set_inheritable(fd, False)
            services[fd] = command
        with contextlib.suppress(OSError):
            link.send(b"+")


def main(path, *commands):
    succeed(path)
    for command in commands:
        start(command)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen()
    while services:
        ready, _, _ = select.select([listener, *services], [], [])
        if listener in ready and hand_over(listener):
            return
        for fd in services.keys() & ready:
            report(fd)
    os.unlink(path)


try:
    main(*sys.argv[1:])
except (OSError, TypeError) as error:
    sys.exit(f"supervisor.py: {error}")
