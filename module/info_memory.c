// SPDX-License-Identifier: GPL-2.0-only
/* The memory of a process, as /proc/PID/stat and status tell it */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "compat/mm.h"
#include "info.h"

static u64 pages(u64 nr)
{
	return nr << PAGE_SHIFT;
}

static void memory_resident(struct procfd_info *info, struct mm_struct *mm)
{
	info->rss_anon_bytes = pages(compat_mm_counter(mm, MM_ANONPAGES));
	info->rss_file_bytes = pages(compat_mm_counter(mm, MM_FILEPAGES));
	info->rss_shmem_bytes = pages(compat_mm_counter(mm, MM_SHMEMPAGES));
	info->swap_bytes = pages(compat_mm_counter(mm, MM_SWAPENTS));
	info->rss_peak_bytes =
		max_t(u64, pages(READ_ONCE(mm->hiwater_rss)),
		      info->rss_anon_bytes + info->rss_file_bytes +
			      info->rss_shmem_bytes);
	info->vsize_peak_bytes = pages(data_race(get_mm_hiwater_vm(mm)));
	info->page_table_bytes = mm_pgtables_bytes(mm);
	info->locked_bytes = pages(READ_ONCE(mm->locked_vm));
	info->pinned_bytes = pages(atomic64_read(&mm->pinned_vm));
#ifdef CONFIG_HUGETLB_PAGE
	info->hugetlb_bytes = pages(atomic_long_read(&mm->hugetlb_usage));
#endif
}

/* The text of the program is where exec put it; what is more is libraries. */
static void memory_mapped(struct procfd_info *info, struct mm_struct *mm)
{
	u64 exec = pages(READ_ONCE(mm->exec_vm));
	u64 text = PAGE_ALIGN(READ_ONCE(mm->end_code)) -
		   (READ_ONCE(mm->start_code) & PAGE_MASK);

	text = min(text, exec);
	info->text_bytes = text;
	info->lib_bytes = exec - text;
	info->data_bytes = pages(READ_ONCE(mm->data_vm));
	info->stack_bytes = pages(READ_ONCE(mm->stack_vm));
}

static noinline void memory_details(struct procfd_info *info,
				    struct mm_struct *mm)
{
	memory_resident(info, mm);
	memory_mapped(info, mm);
}

/* task_lock() keeps the mm where it is: no reference, no end of it by us. */
u64 info_fill_memory(struct procfd_info *info, u64 mask,
		     struct task_struct *task)
{
	struct mm_struct *mm;

	mask &= INFO_MEMORY;
	if (READ_ONCE(task->flags) & PF_KTHREAD)
		return 0;
	task_lock(task);
	mm = task->mm;
	if (mm && mask & PROCFD_INFO_RSS) {
		info->vsize_bytes = pages(READ_ONCE(mm->total_vm));
		info->rss_bytes = pages(data_race(get_mm_rss(mm)));
	}
	if (mm && mask & PROCFD_INFO_MEMORY)
		memory_details(info, mm);
	task_unlock(task);
	return mm ? mask : 0;
}
