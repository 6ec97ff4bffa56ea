/* SPDX-License-Identifier: MIT */
/* corpus.h - the fuzzers' bodies over files that are kept: what was found once is looked at in every `make check` */
#ifndef TESTS_UNIT_CORPUS_H
#define TESTS_UNIT_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/* A body that does not like what it sees aborts, as under the fuzzer; the sanitizers end the process as well. */
static void
corpus_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	size_t n;

	if (!f)
		return;
	fseek(f, 0, SEEK_END);
	n = (size_t)ftell(f);
	rewind(f);
	data = malloc(n + 1); /* as long as it is: what reads past it is seen */
	data = realloc(data, n ? n : 1);
	n = fread(data, 1, n, f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	unit_ok(true, "%s", path);
}

static void
corpus_folder(const char *folder)
{
	char path[1024];
	DIR *d = opendir(folder);
	const struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		if (e->d_name[0] == '.' || e->d_type != DT_REG)
			continue;
		corpus_file(path);
		n++;
	}
	if (d)
		closedir(d);
	unit_ok(n > 0, "%s has %u files", folder, n);
}

#endif
