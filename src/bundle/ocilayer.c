/* SPDX-License-Identifier: MIT */
/* ocilayer.c - a bundle's root file system as the layer of an image, and which processor its programs are for */
#include "bundle/ociout.h"

#include <elf.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "sys.h"

/* --- which processor ---------------------------------------------------------------------------- */

/* Words of images for ELF's machines; class and order of bytes 0: any. */
static const struct { uint16_t machine; uint8_t class, order; const char *name; } machines[] = {
	{EM_X86_64, 0, 0, "amd64"},
	{EM_AARCH64, 0, ELFDATA2LSB, "arm64"},
	{EM_386, 0, 0, "386"},
	{EM_ARM, 0, ELFDATA2LSB, "arm"},
	{EM_RISCV, ELFCLASS64, 0, "riscv64"},
	{EM_PPC64, 0, ELFDATA2LSB, "ppc64le"},
	{EM_PPC64, 0, ELFDATA2MSB, "ppc64"},
	{EM_S390, ELFCLASS64, 0, "s390x"},
	{EM_MIPS, ELFCLASS64, ELFDATA2LSB, "mips64le"},
	{EM_MIPS, ELFCLASS64, ELFDATA2MSB, "mips64"},
	{EM_MIPS, ELFCLASS32, ELFDATA2LSB, "mipsle"},
	{EM_MIPS, ELFCLASS32, ELFDATA2MSB, "mips"},
	{258, ELFCLASS64, 0, "loong64"},
};

_Static_assert(sizeof machines / sizeof *machines == OCI_MACHINES, "ociout.h has their number");

/* The machine of a program or library that begins like that; OCI_MACHINES: of none. */
static size_t
machine_of(const uint8_t *p, size_t n)
{
	bool big = n > EI_DATA && p[EI_DATA] == ELFDATA2MSB;
	unsigned type, machine;
	size_t i = 0;

	if (n < 20 || memcmp(p, ELFMAG, SELFMAG))
		return OCI_MACHINES;
	type = p[16 + big] | (unsigned)p[17 - big] << 8;
	machine = p[18 + big] | (unsigned)p[19 - big] << 8;
	if (type != ET_EXEC && type != ET_DYN)
		return OCI_MACHINES;
	while (i < OCI_MACHINES && (machines[i].machine != machine || (machines[i].class && machines[i].class != p[EI_CLASS]) ||
		(machines[i].order && machines[i].order != p[EI_DATA])))
		i++;
	return i;
}

/* --- the layer -------------------------------------------------------------------------------- */

static int
refuse(struct oci_layer *l, const char *why)
{
	l->p.why = why;
	return -EINVAL;
}

/* path below the root file system, "" for itself; NULL when it lies elsewhere. */
static const char *
below(const struct oci_layer *l, const char *path)
{
	size_t n = strlen(l->rootfs);

	if (!path || !text_starts(path, l->rootfs) || (path[n] && path[n] != '/'))
		return NULL;
	return path + n + (path[n] == '/');
}

/* What an image has no place for is not left out: config.json is kept in its config, the folders on the way to the root file system are
 * made again, as anybody would make them. */
static int
put_outside(struct oci_layer *l, const struct member *m)
{
	size_t n = strlen(m->path);

	if (text_eq(m->path, "config.json") && !m->nxattrs && !m->hard) {
		l->packed.mode = m->mode & 07777;
		l->packed.uid = m->uid;
		l->packed.gid = m->gid;
		return 0;
	}
	if (S_ISDIR(m->mode) && text_starts(l->rootfs, m->path) && l->rootfs[n] == '/' && (m->mode & 07777) == 0755 &&
		!m->uid && !m->gid && !m->nxattrs)
		return 0;
	return refuse(l, "an image holds config.json and the root file system and nothing else of a bundle");
}

static int
put_member(struct manifest_sink *s, const struct member *from)
{
	struct oci_layer *l = (struct oci_layer *)s;
	struct member m = *from;
	const char *name;

	m.path = *m.path ? below(l, m.path) : m.path;
	l->inside = *from->path && m.path;
	l->head = l->inside && S_ISREG(m.mode) && m.mode & 0111;
	if (!*from->path)
		return 0;
	if (!m.path)
		return put_outside(l, from);
	if (!*m.path)
		m.path = "./"; /* the folder itself: its owner and mode are the root's */
	name = strrchr(m.path, '/');
	name = name ? name + 1 : m.path;
	if (text_starts(name, ".wh."))
		return refuse(l, "a name that begins with .wh. would take something away in an image");
	if (strlen(m.path) >= PATH_MAX)
		return refuse(l, "a path is longer than 4095 bytes: nobody could unpack it");
	m.hard = m.hard ? below(l, m.hard) : NULL;
	if (from->hard && !m.hard)
		return refuse(l, "it is config.json under another name, which an image cannot hold");
	if (!l->n->how->own_times)
		m.mtime = l->n->how->epoch;
	return l->p.member(&l->p, &m);
}

static int
put_data(struct manifest_sink *s, const void *data, size_t n)
{
	struct oci_layer *l = (struct oci_layer *)s;

	if (!l->inside)
		return 0;
	if (l->head)
		l->programs[machine_of(data, n)]++;
	l->head = false;
	return l->p.data(&l->p, data, n);
}

/* Not this machine's word: what is packed is the same everywhere. */
const char *
oci_architecture(const struct oci_layer *l)
{
	size_t i, most = 0;

	for (i = 1; i < OCI_MACHINES; i++)
		if (l->programs[i] > l->programs[most])
			most = i;
	return l->programs[most] ? machines[most].name : "unknown";
}

void
oci_digest(struct sha256 *h, char digest[OCI_DIGEST])
{
	uint8_t raw[SHA256_SIZE];

	memcpy(digest, "sha256:", 7);
	sha256_end(h, raw);
	sha256_hex(raw, digest + 7);
}

bool
oci_layer(struct oci_layer *l, const struct oci_new *n, int fd, char hex[SHA256_HEX], struct diag *d)
{
	struct manifest_options with = n->manifest;
	int e;

	*l = (struct oci_layer){.sink = {put_member, put_data}, .p = packer_tar, .n = n};
	l->rootfs = text_clean(text_path("/", n->place.rootfs)) + 1;
	l->p.fd = fd;
	l->p.sum = &l->sum;
	sha256_begin(&l->sum);
	with.sink = &l->sink;
	if (!manifest_digest(&n->place, &with, NULL, hex, d))
		return l->p.why ? diag_fail(d, "write the image: %s", l->p.why) : false;
	e = l->p.end(&l->p);
	oci_digest(&l->sum, l->digest);
	return !e || diag_fail(d, "write the image: %s", text_errno(e));
}
