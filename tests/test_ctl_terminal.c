// SPDX-License-Identifier: GPL-2.0-only
/* procfdctl on a terminal: colours, lines that are cut, bytes that are replaced. */
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* What the command prints on a terminal so wide, without carriage returns. */
static const char *shown(unsigned short columns, const char *const argv[])
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	static char text[65536];
	size_t length = 0;
	int terminal;
	pid_t pid;

	if (access("/usr/bin/procfdctl", X_OK))
		SKIP("no procfdctl here");
	pid = ASSERT_OK(forkpty(&terminal, NULL, NULL, &size));
	if (!pid) {
		setenv("TERM", "xterm", 1);
		unsetenv("NO_COLOR");
		execv("/usr/bin/procfdctl", (char *const *)argv);
		_exit(127);
	}
	/* EIO: nobody has the other end any more */
	while (length < sizeof(text) - 1 &&
	       read(terminal, text + length, 1) == 1)
		if (text[length] != '\r')
			length++;
	text[length] = '\0';
	close(terminal);
	EXPECT_EQ(reap(pid), 0);
	return text;
}

#define SHOWN(columns, ...) \
	shown(columns, (const char *const[]){ "procfdctl", __VA_ARGS__, NULL })

TEST(ps_colours_header_and_state)
{
	EXPECT_STREQ(SHOWN(80, "ps", "-n", "procfdctl", "-o", "state,comm"),
		     "\033[1mS\033[0m  \033[1mNAME\033[0m\n"
		     "\033[32mR\033[0m  procfdctl\n");
}

TEST(ps_cuts_lines_at_the_edge)
{
	EXPECT_STREQ(SHOWN(12, "ps", "-n", "init", "-o", "pid,args",
			   "--no-header"),
		     "1  /bin/sh /\n");
	EXPECT_STREQ(SHOWN(12, "ps", "-n", "init", "-o", "pid,args",
			   "--no-header", "--wide"),
		     "1  /bin/sh /init\n");
}

TEST(tree_cuts_branches_at_the_edge)
{
	char pid[16];
	const char *text;

	snprintf(pid, sizeof(pid), "%d", getpid());
	text = SHOWN(5, "tree", pid, "--no-header", "-o", "nice");
	EXPECT_STREQ(text, "0  te\n0  \n");
	text = SHOWN(7, "tree", pid, "--no-header", "-o", "nice");
	EXPECT_STREQ(text, "0  test\n0  `- p\n");
}

TEST(dir_shows_nul_bytes_as_ends_of_lines)
{
	EXPECT_STREQ(SHOWN(80, "dir", "1", "cmdline"), "/bin/sh\n/init\n");
}

TEST(doctor_colours_its_verdicts)
{
	const char *text = SHOWN(80, "doctor");

	EXPECT_TRUE(strstr(text, "\033[32mok     \033[0m  kernel     Linux "));
	EXPECT_TRUE(strstr(text, "\n\033[33mnote   \033[0m  headers    "));
}
