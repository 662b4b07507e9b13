/*
 * Calls that take paths and that proot 5.4 does not translate: they would act on the machine's files. The kernel seems not to
 * have them, and programs use older ones. Numbers from 424 on are the same on every architecture. build-proot.sh includes
 * this file in seccomp.c; it becomes a part of proot and is under proot's license, GPL-2.0-or-later.
 */
#include <errno.h>

#define UNKNOWN_RETURN BPF_STMT(BPF_RET + BPF_K, SECCOMP_RET_ERRNO + ENOSYS)
#define UNKNOWN_CALL(number) BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, number, 0, 1), UNKNOWN_RETURN

/* io_uring_setup, open_tree, openat2, mount_setattr, fchmodat2; then setxattrat and all that is newer. */
#define UNKNOWN_CALLS_LENGTH 13
#define UNKNOWN_CALLS \
	UNKNOWN_CALL(425), UNKNOWN_CALL(428), UNKNOWN_CALL(437), UNKNOWN_CALL(442), UNKNOWN_CALL(452), \
	BPF_JUMP(BPF_JMP + BPF_JGE + BPF_K, 463, 0, 2), \
	BPF_JUMP(BPF_JMP + BPF_JGE + BPF_K, 1024, 1, 0), \
	UNKNOWN_RETURN,
