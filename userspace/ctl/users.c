// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of users and groups, each looked up once. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

struct name {
	struct name *next;
	uint32_t id;
	char text[TEXT_MAX];
};

static struct name *user_names, *group_names;

static const char *look_up_user(uint32_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : NULL;
}

static const char *look_up_group(uint32_t gid)
{
	const struct group *group = getgrgid(gid);

	return group ? group->gr_name : NULL;
}

/* There are few, and whose was asked for last is asked for again. */
static const char *name_of(struct name **names, uint32_t id,
			   const char *(*look_up)(uint32_t id))
{
	struct name *name;
	const char *found;

	for (name = *names; name; name = name->next)
		if (name->id == id)
			return name->text;
	name = malloc(sizeof(*name));
	if (!name) {
		complain("free some memory", "out of memory");
		exit(status_of(STATUS_FAILED));
	}
	found = look_up(id);
	if (found)
		snprintf(name->text, sizeof(name->text), "%s", found);
	else
		snprintf(name->text, sizeof(name->text), "%u", id);
	make_printable(name->text);
	name->id = id;
	name->next = *names;
	*names = name;
	return name->text;
}

const char *user_name(uid_t uid)
{
	return name_of(&user_names, uid, look_up_user);
}

const char *group_name(gid_t gid)
{
	return name_of(&group_names, gid, look_up_group);
}

uid_t parse_user(const char *text)
{
	const struct passwd *user = getpwnam(text);
	unsigned long uid;
	char *end;

	if (user)
		return user->pw_uid;
	uid = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || uid >= UINT32_MAX)
		fail_usage("no user '%s'", text);
	return (uid_t)uid;
}
