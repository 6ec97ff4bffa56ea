/* SPDX-License-Identifier: MIT */
/* relr.c - where a static-pie with packed relative relocations begins: it applies them and goes on to musl's start
 *
 * musl 1.2.3 knows REL and RELA only. What it is handed afterwards is a program that needs neither. DT_RELR is a list of
 * words: an even one is the address of a pointer to move by the load address, an odd one a bit for each of the
 * next 63 (31) pointers behind the last. */
#include <elf.h>
#include <stdint.h>

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
void relr_apply(void) HIDDEN __attribute__((used));

/* The stack and the register that musl's _start looks at stay what they were. */
#if defined(__x86_64__)
__asm__(".text\n"
	".global relr_start\n"
	".type relr_start,@function\n"
	"relr_start:\n"
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
	"	push %edx\n"
	"	sub $12, %esp\n"
	"	call relr_apply\n"
	"	add $12, %esp\n"
	"	pop %edx\n"
	"	jmp _start\n");
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
relr_apply(void)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start;
	const elf_dyn *d;
	const uintptr_t *word = 0;
	uintptr_t *at = 0, size = 0;

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
