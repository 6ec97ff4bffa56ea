# SPDX-License-Identifier: MIT
# execs.awk - a random container and a random process to join it, as jq filters, one piece a line, for tests/compare/execs
#
#	awk -v seed=7 -f execs.awk
#
# The configuration is the base's; .x.p is what --process gets (null: options and a command line), .x.options, .x.args, .x.fds, .x.tty.
# The generator is awk's own arithmetic, as in random.awk.

function rnd(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
function chance(p) { return rnd(100) < p }
function pick(list,   a) { return a[1 + rnd(split(list, a, " "))] }
function q(s) { return "\"" s "\"" }
function some(list, p,   a, n, i, s) {
	n = split(list, a, " ")
	for (i = 1; i <= n; i++)
		if (chance(p)) s = s (s == "" ? "" : ",") q(a[i])
	return "[" s "]"
}
function put(s) { print at s }
function option(s) { print ".x.options += [" s "]" }

function capabilities(   all) {
	all = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_RAW CAP_SYS_CHROOT CAP_SYS_ADMIN CAP_MKNOD CAP_SYS_PTRACE"
	if (chance(15)) { put(".capabilities = {}"); return }
	put(".capabilities.bounding = " some(all, 60))
	put(".capabilities.permitted = " (chance(80) ? here() : some(all, 50)))
	if (chance(60)) put(".capabilities.effective = " at ".capabilities.permitted")
	else put(".capabilities.effective = " some(all, 40))
	if (chance(50)) put(".capabilities.inheritable = " some(all, 40))
	else if (chance(40)) put(".capabilities.inheritable = " at ".capabilities.permitted")
	if (chance(30)) put(".capabilities.ambient = " some(all, 30))
	else if (chance(40)) put(".capabilities.ambient = " at ".capabilities.inheritable")
}
function here() { return at ".capabilities.bounding" }
function limits(   n, soft, hard, seen, t) {
	put(".rlimits = []")
	limited = at
	for (n = 1 + rnd(3); n > 0; n--) {
		t = pick("NOFILE CORE CPU FSIZE NPROC STACK AS DATA MEMLOCK SIGPENDING MSGQUEUE LOCKS NICE RTPRIO RSS RTTIME")
		if (t in seen) continue
		seen[t]
		hard = t ~ /NICE|RTPRIO/ ? 0 : t ~ /AS|STACK|DATA|FSIZE/ ? 67108864 * (1 + rnd(9)) : t == "MEMLOCK" ? 65536 : 64 + rnd(900)
		soft = chance(50) ? hard : int(hard / (1 + rnd(2)))
		put(".rlimits += [{type: \"RLIMIT_" t "\", soft: " soft ", hard: " hard "}]")
	}
}
# what a process is, of a container and of what joins it
function person(p) {
	if (chance(p)) {
		put(".user.uid = " pick("0 1 1000 65534"))
		put(".user.gid = " pick("0 5 1000 65534"))
		if (chance(60)) put(".user.additionalGids = [" pick("0 5,6 1000 7,7 65535 10,9,8,7") "]")
		if (chance(40)) { put(".user.umask = " pick("0 18 23 63 511")); masked = 1 }
	}
	if (chance(p)) capabilities()
	if (chance(p / 2)) limits()
	if (chance(p / 2)) put(".noNewPrivileges = " pick("true false"))
	if (chance(p / 3) && at != ".process") put(".oomScoreAdj = " pick("0 1 500 1000"))
	if (chance(p)) put(".env += [" pick("\"A=1\" \"A=1\",\"A=2\" \"A\" \"\" \"A=b=c\" \"HOME=/tmp\" \"HOME=\" \"PATH=/bin\" \"=x\" \"TERM=x\",\"TERM=y\"") "]")
	if (chance(p)) put(".cwd = " q(pick("/tmp /root /link-dir /link-abs /dev /proc/self /link-out /mnt/../tmp /tmp/ //tmp")))
}
function container() {
	at = ".process"
	person(20)
	at = ""
	if (chance(10)) put(".root.readonly = true")
	if (chance(15)) put(".linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: " pick("65536 2000") "}] | .linux.gidMappings = .linux.uidMappings")
	if (chance(15)) put(".linux.namespaces += [{type: \"cgroup\"}]")
	if (chance(15)) put("del(.linux.namespaces[] | select(.type == " q(pick("network ipc uts pid")) "))")
	if (chance(20)) put(".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"getpriority\"], action: " q(pick("SCMP_ACT_ERRNO SCMP_ACT_KILL_PROCESS SCMP_ACT_LOG")) "}]}")
	if (chance(10)) put(".linux.maskedPaths = [\"/proc/kcore\", \"/proc/keys\"] | .linux.readonlyPaths = [\"/proc/sys\"]")
	if (chance(10)) put(".linux.resources.pids.limit = 20")
	if (chance(10)) put(".hostname = \"box\"")
}
function arguments() {
	return pick(chance(70) ? "[\"/probe\",\"all\"]" : "[\"probe\",\"all\"] [\"./probe\",\"all\"] [\"nothere\"] [\"/nothere\"] [\"/etc\"] [\"etc\"] [\"/etc/passwd\"] [\"script\"] [\"/bin/script2\"] [\"/bin/bare\"] [\"/bin/badshebang\"] [\"/bin/empty\"] [\"\"] [\"/probe\",\"exit\",\"77\"] [\"/probe\",\"exit\",\"255\"] [\"/probe\",\"kill-self\",\"9\"] [\"/probe\",\"kill-self\",\"15\"] [\"/link-probe\",\"all\"] [\"/bin/noexec\"] [\"/probe\",\"syscall\",\"140\",\"0\",\"0\"]")
}
function by_file() {
	print ".x.p = {args: [\"/probe\",\"all\"], cwd: \"/\", user: {uid: 0, gid: 0}, env: [\"PATH=/bin:/\"]}"
	at = ".x.p"
	put(".args = " arguments())
	if (masked) put(".user.umask = 0") # what the file is silent about mote takes from the container, and the peers do not (docs/compare.md)
	person(40)
	if (limited == ".process") limits()
	if (chance(4)) print pick("del(" at ".user) del(" at ".cwd) del(" at ".args) " at ".cwd=\"tmp\" " at ".cwd=\"/not/there\" " at ".cwd=\"/etc/passwd\" " at ".args=[] " at ".user.uid=-1 " at ".rlimits=[{\"type\":\"RLIMIT_X\",\"soft\":1,\"hard\":1}] " at ".capabilities={\"bounding\":[\"X\"]} " at ".env=null " at ".nonsense=1")
}
function by_options(   n) {
	print ".x.args = " arguments()
	if (chance(30)) option("\"--user\",\"" pick("0 1000 1000:5 65534:65534 1:0 0:1000 1000:1000") "\"")
	for (n = chance(25) ? 1 + rnd(2) : 0; n > 0; n--) option("\"--env\",\"" pick("A=1 A=2 B=b=c HOME=/x PATH=/bin TERM=x A=") "\"")
	if (chance(25)) option("\"--cwd\",\"" pick("/tmp /root /link-dir /dev /proc/self /nothere /etc/passwd /tmp/") "\"")
	for (n = chance(25) ? 1 + rnd(2) : 0; n > 0; n--) option("\"--cap\",\"" pick("CAP_SYS_ADMIN CAP_KILL CAP_NET_RAW CAP_CHOWN CAP_SYS_PTRACE") "\"")
	for (n = chance(20) ? 1 + rnd(2) : 0; n > 0; n--) option("\"-g\",\"" pick("5 6 1000 0 77") "\"")
	if (chance(15)) option("\"--no-new-privs\"")
}

BEGIN {
	state = (seed * 7919 + 12345) % 2147483647
	for (i = 0; i < 7; i++) rnd(2)
	container()
	if (chance(60)) by_file()
	else by_options()
	if (chance(20)) print ".x.fds = " pick("0 1 2 3")
	if (chance(15)) print ".x.tty = true"
	if (chance(15)) print ".x.detach = true"
}
