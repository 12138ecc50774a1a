"""Run a command without a network: ``python offline.py COMMAND...``. In a name space of its own,
where nothing but loopback exists.

Exits with 77 where the machine does not permit that.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1  # linux/sockios.h, linux/if.h
NOT_PERMITTED = 77


def main() -> None:
    if sys.platform != "linux":
        sys.exit(NOT_PERMITTED)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        sys.exit(NOT_PERMITTED)
    with socket.socket(
        socket.AF_INET, socket.SOCK_DGRAM
    ) as any_socket:  # drivers and browsers talk over loopback
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a command line of the tests


if __name__ == "__main__":
    main()
