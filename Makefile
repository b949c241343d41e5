# SPDX-License-Identifier: GPL-2.0-only

PREFIX ?= /usr/local
DESTDIR ?=
KDIR ?= /lib/modules/$(shell uname -r)/build
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

# what the scripts of the tests take from the command line
export KERNELS KERNEL SUITES TESTS ROWS RUNS TIMED LINES JOBS APPEND CPU CPUS MEMORY DEADLINE PROGRAM_DEADLINE DEADLINE_FACTOR STORM FUZZ_SECONDS FUZZ_CALLS FUZZ_SEED

# clang-built kernels want clang-built modules
LLVM_IF_CLANG = $(shell grep -qs '^CONFIG_CC_IS_CLANG=y' $(KDIR)/.config && echo LLVM=1)
DKMS_SOURCE = /usr/src/procfd-$(VERSION)
# a kernel that is not the running one
DKMS_KERNEL ?=

.PHONY: all module module-if-headers userspace examples check bench profile demo shell fuzz storms lint packages \
	check-packages install uninstall dkms-source dkms-install dkms-remove \
	clean cache-clean help

all: module-if-headers userspace

help:
	@echo 'all           the module (if KDIR has headers) and the userspace'
	@echo 'module        the module, for the kernel in KDIR=$(KDIR)'
	@echo 'userspace     the library and the command'
	@echo 'examples      procfd in epoll, libuv, libevent, GLib, sd-event, io_uring; to userspace/build'
	@echo 'check         all tests, on stock kernels in QEMU; as root'
	@echo '              KERNELS="6.1"          only there'
	@echo '              TESTS="open_pid wait:reaped"  only these programs or cases'
	@echo 'bench         procfd beside what people use, counted in instructions; as root'
	@echo '              KERNELS="6.1"          only there'
	@echo '              ROWS="groups"          only these; no results are written; RUNS=3'
	@echo 'profile       where in the kernel a row spends its instructions; ROWS=wake KERNEL=6.12'
	@echo 'demo          a session in a guest, live'
	@echo 'shell         a shell in a guest with the module; KERNEL=6.1'
	@echo 'fuzz          the ABI, on a debug kernel; FUZZ_SECONDS=600 FUZZ_CALLS= FUZZ_SEED='
	@echo 'storms        the tests with very many processes and fds, at full size; as root'
	@echo '              KERNELS="6.1"          there, and STORM=100000'
	@echo 'lint          style and static checks'
	@echo 'packages      Debian packages, built, checked and installed in chroots; as root'
	@echo '              KERNELS="6.1"          only for the release of this kernel'
	@echo 'check-packages  these, installed, upgraded and removed in booted machines; as root'
	@echo '              SUITES="bookworm"      only that release'
	@echo 'install       userspace, header, manual; DESTDIR=, PREFIX=$(PREFIX)'
	@echo 'uninstall     undo that'
	@echo 'dkms-install  the module by dkms, for every kernel to come'
	@echo 'dkms-remove   undo that'
	@echo 'clean         remove what was built; cache-clean also the kernels'

module:
	@test -d $(KDIR) || { echo 'procfd: no $(KDIR): install the linux-headers package of this kernel, or set KDIR=' >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR)/module $(LLVM_IF_CLANG) modules

module-if-headers:
	@if test -d $(KDIR); then $(MAKE) module; \
	else echo 'procfd: no $(KDIR): the module is left out (install linux-headers or set KDIR=)'; fi

userspace:
	$(MAKE) -C userspace

examples:
	$(MAKE) -C userspace examples

check:
	@tests/vm/check

bench:
	@tests/bench/run

profile:
	@tests/bench/profile/run

demo:
	@tests/vm/session demo

shell:
	@tests/vm/session shell

fuzz:
	@tests/vm/fuzz

storms:
	@tests/vm/storms

lint:
	@tests/lint/run

packages:
	@tests/packages/run

check-packages:
	@tests/install/run

install:
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

# what an install puts there, and directories that are named for us
uninstall:
	rm -rf build/installed
	@$(MAKE) -s install DESTDIR=$(CURDIR)/build/installed
	cd build/installed && find . ! -type d -print0 | (cd $(abspath $(DESTDIR)/) && xargs -0 rm -f)
	cd build/installed && find . -depth -type d -path '*procfd*' -print0 | \
		(cd $(abspath $(DESTDIR)/) && xargs -0 rmdir --ignore-fail-on-non-empty 2>/dev/null || :)
	rm -rf build/installed
	@test -n '$(DESTDIR)' || ldconfig 2>/dev/null || :

# dkms builds from a copy of what it needs
dkms-source:
	mkdir -p $(DESTDIR)$(DKMS_SOURCE)
	tar -c --exclude='*.o' --exclude='*.ko' --exclude='*.mod*' --exclude='.*' --exclude='modules.order' \
		--exclude='Module.symvers' module include dkms.conf | tar -x -C $(DESTDIR)$(DKMS_SOURCE)

# an older copy goes first
dkms-install:
	@command -v dkms >/dev/null || { echo 'procfd: no dkms: install the package dkms and the headers of your kernels' >&2; exit 1; }
	! dkms status -m procfd -v $(VERSION) | grep -q . || dkms remove -m procfd -v $(VERSION) --all
	rm -rf $(DKMS_SOURCE)
	$(MAKE) dkms-source DESTDIR=
	dkms add -m procfd -v $(VERSION)
	dkms build -m procfd -v $(VERSION) $(DKMS_KERNEL:%=-k %)
	dkms install -m procfd -v $(VERSION) $(DKMS_KERNEL:%=-k %)

dkms-remove:
	dkms remove -m procfd -v $(VERSION) --all
	rm -rf $(DKMS_SOURCE)

clean:
	@! test -d $(KDIR) || $(MAKE) -C $(KDIR) M=$(CURDIR)/module clean
	@! test -f userspace/Makefile || $(MAKE) -C userspace clean
	rm -rf build

cache-clean: clean
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/procfd"
