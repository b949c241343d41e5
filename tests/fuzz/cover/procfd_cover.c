// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which places of the module were reached at all: KCOV tells a task of its own calls,
 * this also tells of hooks in the tasks of others, of interrupts and workers, and of
 * unloading.  /sys/kernel/debug/procfd_cover has a line for each: the end of its
 * address.
 */
#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

/* A power of two, and more than the module's text: the end of an address tells all. */
#define SPAN (1 << 20)

static DECLARE_BITMAP(reached, SPAN);
static struct dentry *file;

void procfd_cover_pc(void);
void procfd_cover_note(unsigned long address);

/* A call more: what is set already is not written again. */
notrace void procfd_cover_note(unsigned long address)
{
	unsigned long at = address % SPAN;

	if (!test_bit(at, reached))
		set_bit(at, reached);
}

/* Called by what the compiler put in; goes on as if it had called KCOV. */
asm(".pushsection .text, \"ax\"\n"
    ".globl procfd_cover_pc\n"
    ".type procfd_cover_pc, @function\n"
    "procfd_cover_pc:\n"
    "	endbr64\n"
    "	mov (%rsp), %rdi\n"
    "	sub $8, %rsp\n"
    "	call procfd_cover_note\n"
    "	add $8, %rsp\n"
    "	jmp __sanitizer_cov_trace_pc\n"
    ".size procfd_cover_pc, . - procfd_cover_pc\n"
    ".popsection\n");
EXPORT_SYMBOL_GPL(procfd_cover_pc);

static int cover_show(struct seq_file *seq, void *unused)
{
	unsigned long at;

	for_each_set_bit(at, reached, SPAN) seq_printf(seq, "%lx\n", at);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cover);

static int __init cover_init(void)
{
	file = debugfs_create_file("procfd_cover", 0400, NULL, NULL,
				   &cover_fops);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit cover_exit(void)
{
	debugfs_remove(file);
}

module_init(cover_init);
module_exit(cover_exit);

MODULE_DESCRIPTION("Which places of procfd a fuzzer reached");
MODULE_LICENSE("GPL");
