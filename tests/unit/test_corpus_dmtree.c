/* SPDX-License-Identifier: MIT */
/* test_corpus_dmtree.c - tests/fuzz/fuzz_dmtree.c over its corpus */
#include "../fuzz/fuzz_dmtree.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/fuzz/corpus/fuzz_dmtree");
	return unit_done();
}
