/*
 * Makes proot's fake_id0 write down what a guest does to owners, which it only pretends to do: one line for each call that
 * ended, as strace -f -y -xx writes it. build-proot.sh includes this file in fake_id0.c; it becomes a part of proot and is
 * under proot's license, GPL-2.0-or-later.
 *
 * The file to write is named by PROOT_OWNERS, which guests do not see.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include "path/path.h"
#include "tracee/reg.h"

typedef struct {
	Sysnum number;
	const char *name;
	/* d descriptor, p path, P path below the descriptor before, s string, i id, o octal mode,
	 * f flags of *at(2), O of open(2), R of renameat2(2), v value of n bytes; r: a descriptor is returned. */
	const char *words;
} OwnersCall;

static const OwnersCall owners_calls[] = {
	{ PR_chown, "chown", "pii" }, { PR_chown32, "chown", "pii" },
	{ PR_lchown, "lchown", "pii" }, { PR_lchown32, "lchown", "pii" },
	{ PR_fchown, "fchown", "dii" }, { PR_fchown32, "fchown", "dii" },
	{ PR_fchownat, "fchownat", "dPiif" },
	{ PR_chmod, "chmod", "po" }, { PR_fchmod, "fchmod", "do" }, { PR_fchmodat, "fchmodat", "dPo" },
	{ PR_setxattr, "setxattr", "psv" }, { PR_lsetxattr, "lsetxattr", "psv" }, { PR_fsetxattr, "fsetxattr", "dsv" },
	{ PR_rename, "rename", "pp" }, { PR_renameat, "renameat", "dPdP" }, { PR_renameat2, "renameat2", "dPdPR" },
	{ PR_link, "link", "pp" }, { PR_linkat, "linkat", "dPdP" },
	{ PR_unlink, "unlink", "p" }, { PR_rmdir, "rmdir", "p" }, { PR_unlinkat, "unlinkat", "dP" },
	{ PR_mkdir, "mkdir", "p" }, { PR_mkdirat, "mkdirat", "dP" },
	{ PR_mknod, "mknod", "p" }, { PR_mknodat, "mknodat", "dP" },
	{ PR_symlink, "symlink", "sp" }, { PR_symlinkat, "symlinkat", "sdP" },
	{ PR_creat, "creat", "pr" }, { PR_open, "open", "pOr" }, { PR_openat, "openat", "dPOr" },
	{ PR_setuid, "setuid", "i" }, { PR_setuid32, "setuid", "i" },
	{ PR_setgid, "setgid", "i" }, { PR_setgid32, "setgid", "i" },
	{ PR_setreuid, "setreuid", "ii" }, { PR_setreuid32, "setreuid", "ii" },
	{ PR_setregid, "setregid", "ii" }, { PR_setregid32, "setregid", "ii" },
	{ PR_setresuid, "setresuid", "iii" }, { PR_setresuid32, "setresuid", "iii" },
	{ PR_setresgid, "setresgid", "iii" }, { PR_setresgid32, "setresgid", "iii" },
	{ PR_setfsuid, "setfsuid", "i" }, { PR_setfsuid32, "setfsuid", "i" },
	{ PR_setfsgid, "setfsgid", "i" }, { PR_setfsgid32, "setfsgid", "i" },
};
#define OWNERS_CALLS (sizeof(owners_calls) / sizeof(owners_calls[0]))
#define OWNERS_MAX_VALUE 64

static FILE *owners_log = NULL;

/* Opens the file, where one is named, and returns the calls that have to be seen: the faked ones and those above. */
static const FilteredSysnum *owners_open(TALLOC_CTX *context, const FilteredSysnum *faked)
{
	const char *path = getenv("PROOT_OWNERS");
	FilteredSysnum *all;
	size_t count = 0;
	size_t i;

	if (path == NULL)
		return faked;
	owners_log = fopen(path, "we");
	(void) unsetenv("PROOT_OWNERS");
	if (owners_log == NULL)
		return faked;

	while (faked[count].value != PR_void)
		count++;
	all = talloc_array(context, FilteredSysnum, count + OWNERS_CALLS + 1);
	if (all == NULL)
		return faked;
	memcpy(all, faked, count * sizeof(FilteredSysnum));
	for (i = 0; i < OWNERS_CALLS; i++) {
		all[count + i].value = owners_calls[i].number;
		all[count + i].flags = FILTER_SYSEXIT;
	}
	all[count + OWNERS_CALLS].value = PR_void;
	return all;
}

static void owners_bytes(const char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < size; i++) {
		const char word[4] = { '\\', 'x', digits[(bytes[i] >> 4) & 15], digits[bytes[i] & 15] };
		(void) fwrite(word, 1, sizeof(word), owners_log);
	}
}

static void owners_quoted(const char *bytes, size_t size)
{
	fputc('"', owners_log);
	owners_bytes(bytes, size);
	fputc('"', owners_log);
}

/* A path name or a string; a relative path counts from the working directory. */
static void owners_text(const Tracee *tracee, Reg reg, bool from_here)
{
	char text[PATH_MAX];
	char path[2 * PATH_MAX + 1];

	if (read_path(tracee, text, peek_reg(tracee, ORIGINAL, reg)) < 0) {
		fputs("?", owners_log);
		return;
	}
	if (from_here && text[0] != '/' && text[0] != '\0')
		snprintf(path, sizeof(path), "%s/%s", tracee->fs->cwd, text);
	else
		snprintf(path, sizeof(path), "%s", text);
	owners_quoted(path, strlen(path));
}

static void owners_descriptor(Tracee *tracee, int fd)
{
	char path[PATH_MAX] = "";

	if (fd == AT_FDCWD) {
		fputs("AT_FDCWD", owners_log);
		snprintf(path, sizeof(path), "%s", tracee->fs->cwd);
	} else {
		fprintf(owners_log, "%d", fd);
		if (readlink_proc_pid_fd(tracee->pid, fd, path) < 0 || path[0] != '/'
		    || detranslate_path(tracee, path, NULL) < 0)
			return;
	}
	fputc('<', owners_log);
	owners_bytes(path, strlen(path));
	fputc('>', owners_log);
}

static void owners_value(const Tracee *tracee, Reg value, Reg size)
{
	char bytes[OWNERS_MAX_VALUE];
	word_t length = peek_reg(tracee, ORIGINAL, size);

	if (length > sizeof(bytes) || read_data(tracee, bytes, peek_reg(tracee, ORIGINAL, value), length) < 0)
		fputs("?", owners_log);
	else
		owners_quoted(bytes, length);
}

static void owners_word(Tracee *tracee, char kind, Reg reg)
{
	const word_t value = peek_reg(tracee, ORIGINAL, reg);

	switch (kind) {
	case 'd':
		owners_descriptor(tracee, (int) value);
		break;
	case 'p':
	case 'P':
	case 's':
		owners_text(tracee, reg, kind == 'p');
		break;
	case 'v':
		owners_value(tracee, reg, reg + 1);
		break;
	case 'o':
		fprintf(owners_log, "0%o", (unsigned int) value);
		break;
	case 'f':
		fputs((value & AT_SYMLINK_NOFOLLOW) != 0 ? "AT_SYMLINK_NOFOLLOW" : "0", owners_log);
		break;
	case 'O':
		fputs("O_CREAT", owners_log);
		break;
	case 'R':
		fputs((value & 2) != 0 ? "RENAME_EXCHANGE" : "0", owners_log);
		break;
	default:
		fprintf(owners_log, "%d", (int) value);
	}
}

/* A call that cannot have made a file says nothing. */
static bool owners_matters(const Tracee *tracee, const OwnersCall *call, int real, int result)
{
	if (call->number == PR_open)
		return result >= 0 && (peek_reg(tracee, ORIGINAL, SYSARG_2) & O_CREAT) != 0;
	if (call->number == PR_openat)
		return result >= 0 && (peek_reg(tracee, ORIGINAL, SYSARG_3) & O_CREAT) != 0;
	return result >= 0 || real == -EXDEV;
}

/* A guest has the same user: it shall not find this process open in /proc, and the file with it. Once, as soon as the first
 * program has started: before, the child would inherit it. */
static void owners_hide(void)
{
	static bool hidden = false;

	if (!hidden)
		(void) prctl(PR_SET_DUMPABLE, 0);
	hidden = true;
}

/* `real` is what the kernel answered, `result` what the guest is told. */
static void owners_record(Tracee *tracee, int real, int result)
{
	const Sysnum number = get_sysnum(tracee, ORIGINAL);
	const OwnersCall *call = owners_calls;
	const char *word;
	bool device;
	int i;

	if (owners_log == NULL)
		return;
	owners_hide();
	while (call < owners_calls + OWNERS_CALLS && call->number != number)
		call++;
	if (call == owners_calls + OWNERS_CALLS || !owners_matters(tracee, call, real, result))
		return;

	fprintf(owners_log, "%d %s(", tracee->pid, call->name);
	for (word = call->words, i = 0; *word != '\0' && *word != 'r'; word++, i++) {
		if (i > 0)
			fputs(", ", owners_log);
		owners_word(tracee, *word, SYSARG_1 + i);
	}
	fputs(") = ", owners_log);
	device = number == PR_mknod || number == PR_mknodat;
	if (real == -EXDEV)
		fputs("-1 EXDEV (of another file system)\n", owners_log);
	else if (device && real == -EPERM)
		fputs("-1 EPERM (not permitted)\n", owners_log);
	else if (*word == 'r') {
		owners_descriptor(tracee, result);
		fputc('\n', owners_log);
	} else
		fprintf(owners_log, "%d%s\n", result, real == -EPERM ? " (INJECTED)" : "");
}

/* A new process or thread begins with the ids of its parent. */
static void owners_child(const Tracee *parent, const Tracee *child)
{
	if (owners_log != NULL)
		fprintf(owners_log, "%d clone() = %d\n", parent->pid, child->pid);
}

/* Ids that a set-user-ID or set-group-ID program gave. */
static void owners_given(const Tracee *tracee, const char *call, int id)
{
	if (owners_log != NULL)
		fprintf(owners_log, "%d %s(-1, %d, -1) = 0\n", tracee->pid, call, id);
}
