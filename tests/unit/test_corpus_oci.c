/* SPDX-License-Identifier: MIT */
/* test_corpus_oci.c - tests/fuzz/fuzz_oci.c over its corpus */
#include "../fuzz/fuzz_oci.c"

#include "corpus.h"

int
main(void)
{
	corpus_folder("tests/fuzz/corpus/fuzz_oci");
	return unit_done();
}
