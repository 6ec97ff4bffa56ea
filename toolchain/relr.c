/* SPDX-License-Identifier: MIT */
/* relr.c - where a static-pie with packed relative relocations begins: it applies them and goes on to musl's start
 *
 * musl 1.2.3 knows REL and RELA only. What it is handed afterwards is a program that needs neither. DT_RELR is a list of
 * words: an even one is the address of a pointer to move by the load address, an odd one a bit for each of the
 * next 63 (31) pointers behind the last. */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#if defined(SELF_PROTECT) && defined(__x86_64__)
enum { OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = O_CLOEXEC, MOUNT_ATTR_RDONLY = 1 };
#endif

#if UINTPTR_MAX > 0xffffffffu
typedef Elf64_Ehdr elf_head;
typedef Elf64_Dyn elf_dyn;
typedef Elf64_Phdr elf_phdr;
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
/* src/box/self.c before anything is written to: a verb that makes or enters a container goes on in a read-only copy of the mount
 * of its own binary. Nothing has been moved or set yet, so the same bytes from there are mapped over those that run, and then the
 * kernel takes the copy for what was executed: it refuses while a page of the old file is mapped anywhere (replace_mm_exe_file),
 * and from then on neither /proc/PID/exe nor map_files leads to a file that could be written. That is an execve without its
 * price; where it is refused (before 5.12, no CAP_CHECKPOINT_RESTORE and no CAP_SYS_ADMIN) self.c executes the copy. self.c remains
 * the one that decides; here, whatever is odd just goes on, and is its business. A name that happens to be a verb's costs
 * another one a needless copy. */
static long
call(long n, long a, const void *b, long c)
{
	__asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return n;
}

static long
call6(long n, long a, const void *b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;

	__asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
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

/* Where the environment's strings end: the name of the file that the kernel executed stands there. 0 is refused. */
static uintptr_t
executed(const char *const *env)
{
	const uintptr_t *aux;

	while (*env++)
		;
	for (aux = (const uintptr_t *)env; *aux != AT_NULL; aux += 2)
		if (*aux == AT_EXECFN)
			return aux[1];
	return 0;
}

enum { PAGE = 4096 };

/* The copy's descriptor, for src/box/self.c; with the arena, for it is written after the fork (base/arena.c). */
int relr_mount __attribute__((section(".lbss")));

/* By the name that /proc gives a descriptor, for what O_PATH has opened cannot be mapped. Below 3 it would be the caller's place
 * for something else, once it stays open. */
static long
open_again(long fd)
{
	char name[] = "/proc/self/fd/\0\0", *digit = name + sizeof name - 3;

	if (fd < 3 || fd > 99)
		return -1;
	if (fd > 9)
		*digit++ = '0' + fd / 10;
	*digit = '0' + fd % 10;
	return call(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
}

/* What the kernel's loader does with a segment: the file's bytes, and zeroes to the end of the page. Every page of the data has
 * pointers to be moved: they are copied at once, not fault by fault. */
static int
map_again(uintptr_t base, const elf_phdr *p, long fd)
{
	uintptr_t at = base + p->p_vaddr, before = at % PAGE, end = at + p->p_filesz, rest = -end % PAGE;
	int prot = p->p_flags & PF_W ? PROT_READ | PROT_WRITE : PROT_READ | PROT_EXEC;

	if (call6(SYS_mmap, at - before, (void *)(before + p->p_filesz), prot, MAP_PRIVATE | MAP_FIXED | (p->p_flags & PF_W ? MAP_POPULATE : 0), fd, p->p_offset - before) < 0)
		return 0;
	if (p->p_flags & PF_W)
		__asm__ volatile("rep stosb" : "+D"(end), "+c"(rest) : "a"(0) : "memory");
	return 1;
}

/* PR_SET_MM_MAP wants all that the kernel has noted of an image: it is what it was, but for the file. */
static int
become(long fd, const char *const *argv, const char *const *env)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start, brk = call(SYS_brk, 0, 0, 0), end = executed(env);
	const elf_phdr *text = (const elf_phdr *)(base + __ehdr_start.e_phoff), *data = text + 1;
	const uintptr_t strings = *env ? (uintptr_t)*env : end;
	const struct prctl_mm_map m = {
		.start_code = base, .end_code = base + text->p_filesz, .start_data = base + data->p_vaddr,
		.end_data = base + data->p_vaddr + data->p_filesz, .start_brk = brk, .brk = brk, .start_stack = (uintptr_t)(argv - 1),
		.arg_start = (uintptr_t)*argv, .arg_end = strings, .env_start = strings, .env_end = end, .exe_fd = fd};

	return map_again(base, text, fd) && map_again(base, data, fd) && !call6(SYS_prctl, PR_SET_MM, (void *)PR_SET_MM_MAP, (long)&m, sizeof m, 0, 0);
}

static void
protect(const uintptr_t *stack)
{
	const char *const *argv = (const char *const *)(stack + 1);
	const uint64_t read_only[4] = {MOUNT_ATTR_RDONLY};
	uint64_t fs[15]; /* struct statfs; the flags are [10] */
	long exe, tree, file = -1;

	if (!names_verb(argv))
		return;
	exe = call(SYS_openat, AT_FDCWD, "/proc/self/exe", O_PATH | O_CLOEXEC);
	tree = call(SYS_fstatfs, exe, fs, 0) || fs[10] & ST_RDONLY ? -1 :
		call(SYS_open_tree, exe, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (!call6(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, (long)read_only, sizeof read_only, 0))
		file = open_again(tree);
	if (file >= 0 && become(file, argv, argv + *stack + 1))
		relr_mount = tree;
	else
		call(SYS_close, tree, 0, 0);
	call(SYS_close, file, 0, 0);
	call(SYS_close, exe, 0, 0);
}
#else
#define protect(stack) ((void)(stack))
#endif

static uintptr_t *
apply_bits(uintptr_t *at, uintptr_t bits, uintptr_t base)
{
	for (bits >>= 1; bits; bits &= bits - 1)
		at[__builtin_ctzl(bits)] += base;
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
