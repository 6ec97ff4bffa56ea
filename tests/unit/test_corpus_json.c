/* SPDX-License-Identifier: MIT */
/* test_corpus_json.c - tests/fuzz/fuzz_json.c over its corpus */
#include "../fuzz/fuzz_json.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/fuzz/corpus/fuzz_json");
	return unit_done();
}
