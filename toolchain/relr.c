/* SPDX-License-Identifier: MIT */
/* relr.c - where a static-pie with packed relative relocations begins: it applies them and goes on to musl's start
 *
 * musl 1.2.3 knows REL and RELA only. What it is handed afterwards is a program that needs neither. DT_RELR is a list of
 * words: an even one is the address of a pointer to move by the load address, an odd one a bit for each of the
 * next 63 (31) pointers behind the last. */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#if defined(SELF_PROTECT) && defined(__x86_64__)
enum { OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = O_CLOEXEC, MOUNT_ATTR_RDONLY = 1 };
#endif

#if UINTPTR_MAX > 0xffffffffu
typedef Elf64_Ehdr elf_head;
typedef Elf64_Dyn elf_dyn;
#else
typedef Elf32_Ehdr elf_head;
typedef Elf32_Dyn elf_dyn;
#endif

#define HIDDEN __attribute__((visibility("hidden"))) /* found by distance: no pointer that would have to be moved first */

enum { RELR_SIZE = 35, RELR = 36 }; /* DT_*: younger than this elf.h */

extern const elf_head __ehdr_start HIDDEN; /* the linker's */
extern const elf_dyn _DYNAMIC[] HIDDEN;
void relr_apply(const uintptr_t *stack) HIDDEN __attribute__((used));

/* The stack and the register that musl's _start looks at stay what they were. */
#if defined(__x86_64__)
__asm__(".text\n"
	".global relr_start\n"
	".type relr_start,@function\n"
	"relr_start:\n"
	"	mov %rsp, %rdi\n"
	"	push %rdx\n"
	"	push %rdx\n"
	"	call relr_apply\n"
	"	pop %rdx\n"
	"	pop %rdx\n"
	"	jmp _start\n");
#elif defined(__i386__)
__asm__(".text\n"
	".global relr_start\n"
	".type relr_start,@function\n"
	"relr_start:\n"
	"	mov %esp, %eax\n"
	"	push %edx\n"
	"	sub $8, %esp\n"
	"	push %eax\n"
	"	call relr_apply\n"
	"	add $12, %esp\n"
	"	pop %edx\n"
	"	jmp _start\n");
#endif

#if defined(SELF_PROTECT) && defined(__x86_64__)
/* src/box/self.c before anything is written to: a verb that makes or enters a container goes on in a read-only copy
 * of its own binary, and what this image touches is lost: a page of each table with pointers, of libc's data, of
 * the stack. self.c remains the one that decides; here, whatever is odd just goes on, and is its business. A name
 * that happens to be a verb's costs another one a needless execve. */
static long
call(long n, long a, const void *b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e;

	__asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return n;
}

/* The text's bytes as a number, the NUL too; texts up to 7 bytes. */
static uint64_t
word(const char *s)
{
	uint64_t w = 0;
	int i;

	for (i = 0; i < 8 && s[i]; i++)
		w |= (uint64_t)(unsigned char)s[i] << 8 * i;
	return w;
}

static int
names_verb(const char *const *argv)
{
	for (; *argv; argv++)
		switch (word(*argv)) {
		case 0x6e7572:         /* run */
		case 0x657461657263:   /* create */
		case 0x63657865:       /* exec */
			return 1;
		}
	return 0;
}

/* Linux runs a descriptor by the name /dev/fd/N: then this is the copy. */
static int
is_copy(const uintptr_t *stack)
{
	while (*stack++) /* the environment */
		;
	for (; *stack != AT_NULL; stack += 2)
		if (*stack == AT_EXECFN)
			return word((const char *)stack[1]) == 0x2f64662f7665642f; /* "/dev/fd/" */
	return 0;
}

static void
protect(const uintptr_t *stack)
{
	const char *const *argv = (const char *const *)(stack + 1);
	const uintptr_t *env = stack + *stack + 2;
	const uint64_t read_only[4] = {MOUNT_ATTR_RDONLY};
	uint64_t fs[15]; /* struct statfs; the flags are [10] */
	long exe, tree;

	if (!names_verb(argv) || is_copy(env))
		return;
	exe = call(SYS_openat, AT_FDCWD, "/proc/self/exe", O_PATH | O_CLOEXEC, 0, 0);
	if (exe < 0)
		return;
	tree = call(SYS_fstatfs, exe, fs, 0, 0, 0) || fs[10] & ST_RDONLY ? -1 :
		call(SYS_open_tree, exe, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, 0, 0);
	if (tree >= 0 && !call(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, (long)read_only, sizeof read_only))
		call(SYS_execveat, tree, "", (long)argv, (long)env, AT_EMPTY_PATH);
	call(SYS_close, exe, 0, 0, 0, 0);
	if (tree >= 0)
		call(SYS_close, tree, 0, 0, 0, 0);
}
#else
#define protect(stack) ((void)(stack))
#endif

static uintptr_t *
apply_bits(uintptr_t *at, uintptr_t bits, uintptr_t base)
{
	uintptr_t *p;

	for (p = at; bits >>= 1; p++)
		if (bits & 1)
			*p += base;
	return at + 8 * sizeof bits - 1;
}

void
relr_apply(const uintptr_t *stack)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start;
	const elf_dyn *d;
	const uintptr_t *word = 0;
	uintptr_t *at = 0, size = 0;

	protect(stack);
	for (d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == RELR)
			word = (const uintptr_t *)(base + d->d_un.d_ptr);
		else if (d->d_tag == RELR_SIZE)
			size = d->d_un.d_val;
	}
	for (; size; size -= sizeof *word, word++) {
		if (*word & 1) {
			at = apply_bits(at, *word, base);
		} else {
			at = (uintptr_t *)(base + *word);
			*at++ += base;
		}
	}
}
