/* SPDX-License-Identifier: MIT */
/* test_corpus_unzip.c - tests/fuzz/fuzz_unzip.c over its corpus */
#include "../fuzz/fuzz_unzip.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/fuzz/corpus/fuzz_unzip");
	return unit_done();
}
