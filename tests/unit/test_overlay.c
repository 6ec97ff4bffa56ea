/* SPDX-License-Identifier: MIT */
/* test_overlay.c - runtime.json: selectors against made-up machines, and how values join; what is refused, and its place */
#include "unit.h"

#include "base/arena.h"
#include "bundle/overlay.h"

static const struct host board = {.arch = "armv7l", .kernel = "5.4.17-rc3+", .cgroup = "hybrid", .name = "board-7",
	.memory = 64 << 20};

/* --- selectors ---------------------------------------------------------------------------------- */

static const struct { const char *when; int holds; } selectors[] = { /* -1: a fault */
	{"{}", 1},
	{"{'arch':'armv7l'}", 1}, {"{'arch':'arm'}", 0}, {"{'arch':['x','armv7l']}", 1}, {"{'arch':[]}", 0},
	{"{'arch':''}", -1}, {"{'arch':7}", -1}, {"{'arch':{}}", -1}, {"{'arch':['armv7l',7]}", -1},
	{"{'kernel':'5.4'}", 1}, {"{'kernel':'=5.4.17'}", 1}, {"{'kernel':'5.4.16'}", 0}, {"{'kernel':'5'}", 1},
	{"{'kernel':'>5.4'}", 0}, {"{'kernel':'>=5.4'}", 1}, {"{'kernel':'<=5.4'}", 1}, {"{'kernel':'<5.4'}", 0},
	{"{'kernel':'>5.4.16'}", 1}, {"{'kernel':'<5.10'}", 1}, {"{'kernel':'>=5.10'}", 0}, {"{'kernel':'>=4.19.200'}", 1},
	{"{'kernel':'>=5.4.17.1'}", 0}, {"{'kernel':'>=5,<6'}", 1}, {"{'kernel':'>=5,<5.4'}", 0}, {"{'kernel':['<5','>=5.4']}", 1},
	{"{'kernel':'>='}", -1}, {"{'kernel':'x'}", -1}, {"{'kernel':'5.'}", -1}, {"{'kernel':'5.4-rc'}", -1}, {"{'kernel':'>=5,'}", -1},
	{"{'memory':'64m'}", 1}, {"{'memory':'<64m'}", 0}, {"{'memory':'<=64M'}", 1}, {"{'memory':'>65535k'}", 1},
	{"{'memory':'>=1g'}", 0}, {"{'memory':'<x'}", -1}, {"{'memory':64}", -1},
	{"{'cgroup':'v1'}", 1}, {"{'cgroup':'hybrid'}", 1}, {"{'cgroup':'v2'}", 0}, {"{'cgroup':['v2','none']}", 0}, {"{'cgroup':'v3'}", -1},
	{"{'host':'board-7'}", 1}, {"{'host':'board'}", 0},
	{"{'host':'board-7','arch':'armv7l','memory':'<1g'}", 1}, {"{'host':'board-7','arch':'x'}", 0},
	{"{'hosts':'board-7'}", -1}, {"{'board':[]}", -1}, {"[]", -1}, {"'armv7l'", -1}, {"null", -1},
};

/* With ' for ". */
static const char *
quoted(const char *s)
{
	char *q = arena_copy(s, strlen(s)), *p;

	for (p = q; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	return q;
}

static void
try_selectors(void)
{
	const struct node *n;
	struct diag d;
	const char *text;
	size_t i;
	int got;

	for (i = 0; i < ROWS(selectors); i++) {
		d = (struct diag){0};
		text = quoted(selectors[i].when);
		n = tree_read(text, strlen(text), "r", true, &d);
		got = n && when_holds(n, &board, &d);
		unit_num(d.errors ? -1 : got, selectors[i].holds, selectors[i].when);
	}
}

/* --- joining ------------------------------------------------------------------------------------ */

static const struct { const char *name, *config, *over, *want; } joins[] = {
	{"nothing", "{'a':1,'b':[1.5e3,null,{}]}", "{}", "{'a':1,'b':[1.5e3,null,{}]}"},
	{"what mote does not know stays", "{'x':{'y':[]}}", "{'annotations':{'a':'b'}}", "{'x':{'y':[]},'annotations':{'a':'b'}}"},
	{"null takes out", "{'annotations':{'a':'1','b':'2'}}", "{'annotations':{'a':null,'c':null}}", "{'annotations':{'b':'2'}}"},
	{"null takes a whole object out", "{'annotations':{'a':'1'},'q':1}", "{'annotations':null}", "{'q':1}"},
	{"null in the config is nothing", "{'annotations':null}", "{'annotations':{'a':'1'}}", "{'annotations':{'a':'1'}}"},
	{"no nulls in what is new", "{}", "{'linux':{'resources':{'memory':{'limit':null,'swap':5}}}}",
		"{'linux':{'resources':{'memory':{'swap':5}}}}"},
	{"env", "{'process':{'env':['A=1','AB=2','A=3']}}", "{'process':{'env':['A=4','C=','C=5']}}",
		"{'process':{'env':['AB=2','A=4','C=5']}}"},
	{"mounts: the last of a place, however it is written", "{'mounts':[{'destination':'/a','type':'x'},{'destination':'/a','type':'y'}]}",
		"{'mounts':[{'destination':'//a/','source':'s'}]}",
		"{'mounts':[{'destination':'/a','type':'x'},{'destination':'//a/','type':'y','source':'s'}]}"},
	{"mounts: two of the same place in one file are one", "{}", "{'mounts':[{'destination':'/a'},{'destination':'/a','type':'t'}]}",
		"{'mounts':[{'destination':'/a','type':'t'}]}"},
	{"rlimits", "{'process':{'rlimits':[{'type':'RLIMIT_CORE','soft':1,'hard':2}]}}",
		"{'process':{'rlimits':[{'type':'RLIMIT_CORE','soft':0},{'type':'RLIMIT_CPU','soft':3,'hard':3}]}}",
		"{'process':{'rlimits':[{'type':'RLIMIT_CORE','soft':0,'hard':2},{'type':'RLIMIT_CPU','soft':3,'hard':3}]}}"},
	{"other lists are replaced", "{'mounts':[{'destination':'/a','options':['x','y']}]}", "{'mounts':[{'destination':'/a','options':['z']}]}",
		"{'mounts':[{'destination':'/a','options':['z']}]}"},
	{"hooks come behind", "{'hooks':{'poststop':[{'path':'/a'}]}}", "{'hooks':{'poststop':[{'path':'/b'}],'poststart':[{'path':'/c'}]}}",
		"{'hooks':{'poststop':[{'path':'/a'},{'path':'/b'}],'poststart':[{'path':'/c'}]}}"},
	{"a namespace's path", "{'linux':{'namespaces':[{'type':'pid'},{'type':'network'}]}}",
		"{'linux':{'namespaces':[{'type':'network','path':'/n'}]}}",
		"{'linux':{'namespaces':[{'type':'pid'},{'type':'network','path':'/n'}]}}"},
	{"half of the memory", "{}", "{'linux':{'resources':{'memory':{'limit':'50%','swap':'100%'}}}}",
		"{'linux':{'resources':{'memory':{'limit':33554432,'swap':67108864}}}}"},
	{"a list of parts, some of other machines", "{}",
		"[{'annotations':{'a':'1','b':'1'}},{'when':{'arch':'x'},'annotations':{'a':'2'}},{'when':{'arch':'armv7l'},'annotations':{'b':'3'}}]",
		"{'annotations':{'a':'1','b':'3'}}"},
	{"numbers that were given stay", "{'linux':{'devices':[{'path':'/dev/null','type':'c','major':9,'minor':9}]}}",
		"{'linux':{'devices':[{'path':'/dev/null','uid':1}]}}",
		"{'linux':{'devices':[{'path':'/dev/null','type':'c','major':9,'minor':9,'uid':1}]}}"},
	{"a device by its path", "{}", "{'linux':{'devices':[{'path':'/dev/null'}]}}",
		"{'linux':{'devices':[{'path':'/dev/null','type':'c','major':1,'minor':3}]}}"},
	{"rules by path, behind the others", "{'linux':{'resources':{'devices':[{'allow':false}]}}}",
		"{'linux':{'resources':{'devices':[{'allow':true,'path':'/dev/null','access':'r'}]}}}",
		"{'linux':{'resources':{'devices':[{'allow':false},{'allow':true,'access':'r','type':'c','major':1,'minor':3}]}}}"},
	/* refused: what is said of the first fault */
	{"root.path", "{}", "{'root':{'path':'x'}}", "r:1:17: root.path: cannot be overridden: that is config.json's to say"},
	{"an object in a list", "{}", "{'linux':{'namespaces':[{'type':'pid'}]}}",
		"r:1:25: linux.namespaces[0]: config.json has none of that type, and this can only change one"},
	{"unknown", "{}", "{'linux':{'resources':{'memory':{'limits':1}}}}", "r:1:43: linux.resources.memory.limits: there is no such property"},
	{"no place", "{}", "{'mounts':[{'type':'x'}]}", "r:1:12: mounts[0]: must have a destination"},
	{"no bytes", "{}", "{'linux':{'resources':{'memory':{'limit':'0%'}}}}", "r:1:42: linux.resources.memory.limit: "
		"must be a number of bytes, or 1% to 100% of the machine's memory, not '0%'"},
	{"percent where there are no bytes", "{}", "{'linux':{'resources':{'cpu':{'shares':'50%'}}}}",
		"r:1:40: linux.resources.cpu.shares: must be a number, not a string (M-3)"},
	{"the type of what is for others", "{}", "{'when':{'arch':'x'},'mounts':{}}",
		"r:1:31: mounts: must be an array, not an object (M-3)"},
	{"a disk's limit for what is no disk", "{}",
		"{'linux':{'resources':{'blockIO':{'throttleReadBpsDevice':[{'path':'/dev/null','rate':1}]}}}}",
		"r:1:68: linux.resources.blockIO.throttleReadBpsDevice[0].path: /dev/null of this host is no such device"},
	{"defaults", "{}", "{'defaults':1}", "r:1:13: defaults: must be true or false"},
	{"twice", "{}", "{'root':{'readonly':true,'readonly':true}}", "r:1:37: root.readonly: given twice"},
	{"no object", "{}", "[[]]", "r:1:2: must be an object"},
	{"cut off in a number", "{}", "[0", "r:1:3: ends too early"},
	{"cut off", "{}", "{'root':{", "r:1:10: ends too early"},
};

/* Without the blanks of printing; no row has others. */
static const char *
tight(const char *s)
{
	char *t = arena_get(strlen(s) + 1), *to = t;

	for (; *s; s++)
		if (*s != ' ' && *s != '\n')
			*to++ = *s == '"' ? '\'' : *s;
	return t;
}

static void
try_joins(void)
{
	struct bundle b;
	struct diag d;
	size_t i;

	for (i = 0; i < ROWS(joins); i++) {
		const char *config = quoted(joins[i].config), *over = quoted(joins[i].over);
		struct overlay o = {.host = &board, .d = &d};
		bool good;

		d = (struct diag){0};
		b = (struct bundle){.config = config, .config_len = strlen(config), .file = "c"};
		overlay_add(&o, over, strlen(over), "r");
		good = overlay_apply(&o, &b);
		if (good != !d.errors)
			unit_ok(false, "%s: said and done differ", joins[i].name);
		unit_str(good ? tight(b.kept) : diag_text(&d.faults[0]), joins[i].want, joins[i].name);
	}
}

int
main(void)
{
	try_selectors();
	try_joins();
	return unit_done();
}
