# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # used by those who read this
#
# arch.sh, read after lib.sh: what an architecture of guests is called by whom. A
# kernel whose line has no arch= is one of this machine's.

# triplet_of ARCH: what compilers and directories of libraries are named after
triplet_of()
{
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	*) die "no way known to build for '$1'" ;;
	esac
}

# machine_of ARCH: set how QEMU makes such a machine: $qemu, $cpu, $board; what of that
# processor costs an emulator time and the tests nothing, $lighter; where the kernel's log
# goes, $console_tty; and how the guest's other serial port is plugged in, $plug, and
# named in it, $port. QEMU knows it as the chardev "port".
machine_of()
{
	case $1 in
	'')
		qemu="qemu-system-x86_64"
		cpu=max
		# a fifth level of page tables; wide vectors, which the C library takes; and
		# moving memory byte by byte, which is fast on a real one alone
		lighter=la57=off,avx=off,avx2=off,erms=off,fsrm=off
		board=()
		console_tty=ttyS0
		plug=(-serial chardev:port)
		port=ttyS1
		;;
	arm64)
		# the architected algorithm of pointer authentication takes most of the time
		qemu="qemu-system-aarch64"
		cpu=max,pauth-impdef=on
		lighter=
		board=(-machine virt)
		console_tty=ttyAMA0
		plug=(-device "pci-serial,chardev=port")
		port=ttyS0
		;;
	*) die "no way known to boot an '$1'" ;;
	esac
}
