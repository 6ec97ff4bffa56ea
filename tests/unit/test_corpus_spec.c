/* SPDX-License-Identifier: MIT */
/* test_corpus_spec.c - tests/fuzz/fuzz_spec.c over every configuration that the tests keep */
#include "../fuzz/fuzz_spec.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/refuse");
	corpus_folder("tests/data");
	corpus_folder("tests/fuzz/corpus/fuzz_json");
	return unit_done();
}
