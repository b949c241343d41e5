#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The manual says what the headers and the sources say (tests/man/check), and the
# check finds each kind of gap, as KTAP.

. "$(dirname "$0")/../ktap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

man=userspace/man

fresh_copy()
{
	rm -rf "${copy:?}"/*
	mkdir -p "$copy/userspace"
	cp -R "$top/include" "$top/module" "$copy/"
	cp -R "$top/$man" "$top/userspace/ctl" "$top/userspace/lib" "$copy/userspace/"
}

# finds TEXT FILE EXPRESSION: after this sed it tells the gap
finds()
{
	fresh_copy
	sed -i "$3" "$copy/$2"
	if cmp -s "$copy/$2" "$top/$2"; then
		echo "'$3' changes nothing in $2"
		return 1
	fi
	tells "$1"
}

tells()
{
	local output status=0

	output=$("$top/tests/man/check" "$copy") || status=$?
	[ "$status" = 1 ] && grep -qF -- "$1" <<<"$output" && return
	echo "status $status, no '$1' in: $output"
	return 1
}

finds_missing_page()
{
	fresh_copy
	rm "$copy/$man/$1"
	tells "$2"
}

links_every_name()
{
	fresh_copy
	"$copy/$man/install" "$copy/share" 1.2.3 &&
		[ "$(cat "$copy/share/man3/procfd_spawnp.3")" = ".so man3/procfd_spawn.3" ] &&
		grep -qx '.Os procfd 1.2.3' "$copy/share/man4/procfd.4" &&
		[ "$(sed -n '/^.Sh NAME/,/^.Nd/p' "$top/$man"/*.[1-9] | grep -c '^.Nm')" = \
			"$(find "$copy/share" -type f | wc -l)" ]
}

plan 30
check "the manual has no gap" "$top/tests/man/check" "$top"

check "a page of an ioctl that is missing" \
	finds_missing_page PROCFD_WAIT.2 'no ioctl PROCFD_WAIT'
check "a page of functions that is missing" \
	finds_missing_page procfd_spawn.3 'no function procfd_spawnp'
check "a page of a command that is missing" finds_missing_page procfdctl-tree.1 'no page procfdctl-tree(1)'
check "a name that a page has no more" \
	finds 'no function procfd_spawnp' $man/procfd_spawn.3 '/^.Nm procfd_spawnp/d'
check "a title that is another's" finds '.Dt is not PROCFD_WAIT 2' $man/PROCFD_WAIT.2 's/^.Dt .*/.Dt OTHER 2/'
check "an example that is missing" finds 'no section EXAMPLES' $man/procfd.4 's/^.Sh EXAMPLES/.Sh SAMPLES/'
check "a reference to nowhere" finds 'refers to procfd_wait(2)' $man/procfd_fork.3 's/Xr procfd 4/Xr procfd_wait 2/'

check "an ioctl that is new" finds 'no ioctl PROCFD_NEW' include/procfd_ioctl.h \
	's/^#define PROCFD_ABI .*/&\n#define PROCFD_NEW _IOW(PROCFD_IOCTL_TYPE, 0x0a, struct procfd_list)/'
check "a function that is new" finds 'no function procfd_new' userspace/lib/libprocfd.map \
	's/^\tprocfd_wait;/&\n\tprocfd_new;/'
check "another type of an argument" finds 'no prototype int procfd_open(int pid, unsigned int flags)' \
	userspace/lib/procfd.h 's/^int procfd_open(pid_t pid/int procfd_open(int pid/'
check "another prototype of a page" finds 'prototype int procfd_open(pid_t number, unsigned int flags) is told' \
	$man/procfd_open.3 's/^.Fn procfd_open "pid_t pid"/.Fn procfd_open "pid_t number"/'
check "another struct of an ioctl" finds 'no prototype int ioctl(int device, PROCFD_OPEN_PEER' \
	$man/PROCFD_OPEN_PEER.2 's/"const struct procfd_open_by_fd/"struct procfd_open_by_fd/'

check "a member that is new" finds 'no struct struct procfd_compare' include/procfd_ioctl.h \
	'/^struct procfd_compare {/a \	__u32 new;'
check "a member that a page has not" finds 'no struct struct procfd_fdinfo' $man/procfd_read_fdinfo.3 \
	'/^	int32_t pid;/d'
check "a constant that is new" finds 'no constant PROCFD_NEW' include/procfd_ioctl.h \
	's/^#define PROCFD_NONBLOCK .*/&\n#define PROCFD_NEW 1/'
check "a constant that is none" finds 'constant PROCFD_NONBLOK is told' $man/procfd_open.3 \
	's/PROCFD_NONBLOCK/PROCFD_NONBLOK/'

check "a function that is as others have it" finds 'prototype int pdkill(int fd, int signum) is told' \
	userspace/lib/procfd/sys/procdesc.h 's/^int pdkill(int fd, int signum)/int pdkill(int fd, int sig)/'
check "a constant that is as others have it" finds 'no constant FFDW_NEW' userspace/lib/procfd/forkfd.h \
	's/^#define FFDW_NOHANG .*/&\n#define FFDW_NEW 1/'
check "an error of what is as others have it" finds 'forkfd.3: 1 causes of EBUSY' userspace/lib/procfd/forkfd.h \
	's/^ \*   EBUSY .*/&; new/'

check "an error that is new" finds 'PROCFD_WAIT.2: 0 causes of ENOSPC' include/procfd_ioctl.h \
	's/^ \*   ETIMEDOUT  the deadline/ *   ENOSPC  new\n&/'
check "an error that a page has not" finds 'PROCFD_WAIT.2: 0 causes of ETIMEDOUT' \
	$man/PROCFD_WAIT.2 '/^.It Bq Er ETIMEDOUT/d'
check "a cause that a page has not" finds 'procfd_open.3: 2 causes of EINVAL' \
	$man/procfd_open.3 '0,/^.It Bq Er EINVAL/{//d};0,/^.It Bq Er EINVAL/{//d}'
check "an error that cannot be" finds 'PROCFD_WAIT.2: EXDEV is told' $man/PROCFD_WAIT.2 \
	's/^.It Bq Er ETIMEDOUT/.It Bq Er EXDEV\n&/'

check "an option that is new" finds 'no option -n, --new' userspace/ctl/wait.c \
	's/^\(.*\)"  -a, --any /\1"  -n, --new   new\\n"\n&/'
check "an option that --help does not tell" finds 'option --new is not' userspace/ctl/wait.c \
	's/^\t{ "any", .*/&\n\t{ "new", no_argument, NULL, 0 },/'
check "an option that a page has not" finds 'no option -t, --timeout SECONDS' $man/procfdctl-wait.1 \
	'/^.It Fl t , /d'
check "a column that is new" finds 'no column new' userspace/ctl/columns.c 's/NUMBER("ppid", /NUMBER("new", /'
check "a parameter that is new" finds 'no parameter new' module/main.c \
	's/^module_param(mode, .*/&\nmodule_param(new, int, 0444);/'

check "a link for every further name" links_every_name
ktap_exit
