/* SPDX-License-Identifier: MIT */
/* test_save.c - linux.resources written and read again is the same: every member that it can have */
#include "unit.h"

#include "base/out.h"
#include "spec/load.h"
#include "spec/save.h"

/* Each member once, in the order of the rows; a member that save.c does not know would be missing in what it writes. */
static const char all[] =
	"{\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":-1,\"access\":\"rw\"},{\"allow\":false}],"
	"\"memory\":{\"limit\":-1,\"reservation\":2,\"swap\":3,\"kernel\":4,\"kernelTCP\":5,\"swappiness\":6,"
	"\"disableOOMKiller\":true,\"useHierarchy\":false,\"checkBeforeUpdate\":true},"
	"\"cpu\":{\"shares\":18446744073709551615,\"quota\":-2,\"burst\":3,\"period\":4,\"realtimeRuntime\":-5,"
	"\"realtimePeriod\":6,\"cpus\":\"0-1\",\"mems\":\"0\",\"idle\":1},"
	"\"pids\":{\"limit\":7},"
	"\"blockIO\":{\"weight\":10,\"leafWeight\":11,\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":12,\"leafWeight\":13}],"
	"\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":1}],\"throttleWriteBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":2}],"
	"\"throttleReadIOPSDevice\":[{\"major\":8,\"minor\":0,\"rate\":3}],\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":0,\"rate\":4}]},"
	"\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":9}],"
	"\"network\":{\"classID\":1,\"priorities\":[{\"name\":\"eth0\",\"priority\":2}]},"
	"\"rdma\":{\"mlx\":{\"hcaHandles\":3,\"hcaObjects\":4}},"
	"\"unified\":{\"a.b\":\"c \\\"d\\\"\"}}";

static void
round_trip(const char *in, const char *want, const char *name)
{
	struct resources_spec r = {0};
	struct diag d = {0};
	struct out o = out_mem();
	struct jout j = {.o = &o};

	unit_ok(resources_load_text(&r, in, "test", &d), "%s: read", name);
	resources_save(&j, NULL, &r);
	unit_str(out_text(&o), want, name);
}

static void
over(void)
{
	struct resources_spec r = {0};
	struct diag d = {0};
	struct out o = out_mem();
	struct jout j = {.o = &o};

	resources_load_text(&r, "{\"memory\":{\"limit\":1,\"swap\":2},\"unified\":{\"a.b\":\"1\"}}", "test", &d);
	resources_load_text(&r, "{\"memory\":{\"limit\":5},\"pids\":{\"limit\":3}}", "test", &d);
	resources_save(&j, NULL, &r);
	unit_str(out_text(&o), "{\"memory\":{\"limit\":5,\"swap\":2},\"pids\":{\"limit\":3},\"unified\":{\"a.b\":\"1\"}}",
		"what is read over it replaces what it names, and nothing else");
}

int
main(void)
{
	round_trip(all, all, "every member");
	round_trip("{}", "{}", "none");
	over();
	return unit_done();
}
