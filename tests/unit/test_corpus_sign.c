/* SPDX-License-Identifier: MIT */
/* test_corpus_sign.c - tests/fuzz/fuzz_sign.c over its corpus */
#include "../fuzz/fuzz_sign.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/fuzz/corpus/fuzz_sign");
	return unit_done();
}
