# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # read after common.sh
#
# What the phases share where the kernel takes only signed modules.

key=/var/lib/dkms/mok.pub
module=$(built "$running")

is_signed()
{
	modinfo -F signer "$module"
	modinfo -F sig_key "$module"
	[ "$(modinfo -F signer "$module")" = "$(openssl x509 -inform DER -in "$key" -noout -subject | sed 's/.*CN *= *//')" ]
}

# one line that tells why, and what to type or whom to ask
load_is_refused()
{
	dmesg --clear
	procfdctl load >/tmp/said 2>&1 && return 1
	cat /tmp/said
	[ "$(wc -l </tmp/said)" = 1 ] && grep -E "mokutil --import $key|procfdctl doctor" /tmp/said &&
		[ ! -e /sys/module/procfd ]
}

# kernel_says WORDS: why it refused that load
kernel_says()
{
	dmesg
	dmesg | grep -E "$1"
}

doctor_says()
{
	procfdctl doctor >/tmp/said
	cat /tmp/said
	grep '^[a-z]* *signature' /tmp/said | grep -F "$1"
}

# doctor NAME WORDS: a point: it says them on the line about the signature
doctor()
{
	if procfdctl doctor --help >/dev/null 2>&1; then
		check "$1" doctor_says "$2"
	else
		skip "$1" "this procfdctl has no doctor"
	fi
}

# a signature is what strip cannot see
take_signature()
{
	cp "$module" /root/signed.ko && strip -g "$module" && [ -z "$(modinfo -F signer "$module")" ]
}

give_signature()
{
	cp /root/signed.ko "$module"
}

# unknown_and_unsigned UNKNOWN UNSIGNED: ten points: a module that is signed with a key
# that the kernel does not know, and one that is not signed; what the kernel says then
unknown_and_unsigned()
{
	check "the module is signed with DKMS's key" is_signed
	check "it was not loaded at boot" [ ! -e /sys/module/procfd ]
	check "a key that the kernel does not know is refused, in one line" load_is_refused
	check "the kernel says why" kernel_says "$1"
	doctor "the doctor says how to enrol the key" "mokutil --import $key"
	check "the signature is taken away" take_signature
	check "a module that is not signed is refused, in one line" load_is_refused
	check "the kernel says why" kernel_says "$2"
	doctor "the doctor says how to sign it" "dkms build --force"
	check "the signature is put back" give_signature
}
unknown_and_unsigned_points=10
