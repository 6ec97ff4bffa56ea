# SPDX-License-Identifier: MIT
# random.awk - a random configuration as jq filters, one piece a line, for tests/compare/random
#
#	awk -v seed=7 -v host=/dir -f random.awk
#
# Every line changes one thing of the base, so that a line can be left out to see whether a difference needs it.  What is no
# configuration goes to .x: mode (run or create), fds, options, chown.  HOST is a folder made by the script with src/ (what is
# bound), ns/ (namespaces to join) and probe.  The generator is awk's own arithmetic: all awks give the same for a seed.

function rnd(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
function chance(p) { return rnd(100) < p }
function pick(list,   a) { return a[1 + rnd(split(list, a, " "))] }
function q(s) { return "\"" s "\"" }
function some(list, p,   a, n, i, s) { # a JSON list with each word by chance
	n = split(list, a, " ")
	for (i = 1; i <= n; i++)
		if (chance(p)) s = s (s == "" ? "" : ",") q(a[i])
	return "[" s "]"
}
function put(s) { print s }
# paths to look at from inside, behind `all`
function look(verb, a, b) { put(".x.look += [\"++\",\"" verb "\",\"" a "\"" (b == "" ? "" : ",\"" b "\"") "]") }

function user() {
	put(".process.user.uid = " pick("0 1 1000 65534"))
	put(".process.user.gid = " pick("0 5 1000 65534"))
	if (chance(60)) put(".process.user.additionalGids = [" pick("0 5,6 1000 7,7 65535 10,9,8,7") "]")
	if (chance(50)) put(".process.user.umask = " pick("0 18 23 63 511"))
}
function caps(   all) {
	all = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_RAW CAP_SYS_CHROOT CAP_SYS_ADMIN CAP_MKNOD CAP_SYS_PTRACE CAP_AUDIT_WRITE"
	if (chance(15)) { put("del(.process.capabilities)"); return }
	if (chance(10)) { put(".process.capabilities = {}"); return }
	put(".process.capabilities.bounding = " some(all, 60))
	if (chance(80)) put(".process.capabilities.permitted = .process.capabilities.bounding")
	else put(".process.capabilities.permitted = " some(all, 50))
	if (chance(60)) put(".process.capabilities.effective = .process.capabilities.permitted")
	else put(".process.capabilities.effective = " some(all, 40))
	if (chance(60)) put(".process.capabilities.inheritable = " some(all, 40))
	else if (chance(40)) put(".process.capabilities.inheritable = .process.capabilities.permitted")
	if (chance(40)) put(".process.capabilities.ambient = " some(all, 30))
	else if (chance(40)) put(".process.capabilities.ambient = .process.capabilities.inheritable")
}
function limits(   n, soft, hard, seen, t) {
	put(".process.rlimits = []")
	for (n = 1 + rnd(3); n > 0; n--) {
		t = pick("NOFILE CORE CPU FSIZE NPROC STACK AS DATA MEMLOCK SIGPENDING MSGQUEUE LOCKS NICE RTPRIO RSS RTTIME")
		if (t in seen) continue
		seen[t]
		hard = t ~ /NICE|RTPRIO/ ? 0 : t ~ /AS|STACK|DATA|FSIZE/ ? 8388608 * (1 + rnd(9)) * 8 : t == "MEMLOCK" ? 65536 : 64 + rnd(900)
		soft = chance(50) ? hard : int(hard / (1 + rnd(2)))
		put(".process.rlimits += [{type: \"RLIMIT_" t "\", soft: " soft ", hard: " hard "}]")
	}
}
function process() {
	if (chance(50)) put(".process.noNewPrivileges = " pick("true false"))
	if (chance(40)) put(".process.oomScoreAdj = " pick("0 1 500 1000"))
	if (chance(30)) put(".process.env += [" pick("\"A=1\" \"A=1\",\"A=2\" \"A\" \"\" \"A=b=c\" \"HOME=/tmp\" \"PATH=/bin\" \"=x\" \"TERM=x\",\"TERM=y\"") "]")
	if (chance(10)) put(pick("del(.process.env) .process.env=[] .process.env=[\"PATH=/nowhere:/bin\"] .process.env=[\"X=1\"]"))
	if (chance(40)) put(".process.cwd = " q(pick("/tmp /not/there /etc/passwd /link-dir /link-abs /link-loop /root /proc/self /dev /priv /priv/new /link-out /mnt/../tmp /tmp/ //tmp /etc/file/x")))
	if (chance(25)) put(".process.args = " pick("[\"probe\",\"all\"] [\"./probe\",\"all\"] [\"../probe\",\"all\"] [\"true\"] [\"nothere\"] [\"/nothere\"] [\"/etc\"] [\"etc\"] [\"/etc/passwd\"] [\"/bin/script\"] [\"script\"] [\"/bin/bare\"] [\"bare\"] [\"/bin/badshebang\"] [\"/bin/empty\"] [\"\"] [\"/probe\",\"exit\",\"77\"] [\"/probe\",\"kill-self\",\"9\"] [\"/probe\",\"kill-self\",\"15\"] [\"/link-probe\",\"all\"] [\"bin/busybox\",\"true\"] [\"/priv/prog\"] [\"/etc/passwd/x\"] [\"/bin/script2\"] [\"noexec\"] [\"dironpath\"]"))
}
function root() {
	if (chance(40)) put(".root.readonly = " pick("true false"))
	if (chance(40)) put(".linux.rootfsPropagation = " q(pick("shared slave private unbindable rshared rslave rprivate runbindable")))
	if (chance(10)) put(".root.path = " q(pick("./rootfs rootfs/ rootfs/. rootlink rootfs/../rootfs nothere config.json")))
}
# a place inside the root for a mount
function place() {
	return pick("/mnt /mnt/new /mnt/new/deep /tmp /etc/passwd /etc/newfile /link-dir /link-abs /link-out /link-dir/sub /link-loop /link-dangling /dev/x /dev/shm /run /new /proc/self /srv/a/../b mnt rel/new /bin/busybox /sys /proc/acpi /mnt/ /link-file /etc/passwd/x")
}
function options(n,   s, i) {
	for (i = 0; i < n; i++)
		s = s (s == "" ? "" : ",") q(pick("ro rw nosuid suid nodev dev noexec exec noatime atime relatime norelatime strictatime nostrictatime nodiratime diratime sync async dirsync private rprivate slave rslave shared rshared unbindable runbindable"))
	return s
}
function recursive() { return q(pick("rro rrw rnosuid rsuid rnodev rdev rnoexec rexec rnoatime rrelatime rstrictatime rnodiratime")) }
function mount(   to, o, kind, data) {
	to = place(); kind = rnd(100); o = options(rnd(4))
	if (kind < 45) {
		data = pick("src src/dir src/file src/link src/linkfile src/nest src/ronosuid src/shared src/nothere src/empty /dev/null src/dir/../file")
		o = q(pick("bind bind rbind")) (o == "" ? "" : "," o)
		if (chance(20)) o = o "," recursive()
		put(".mounts += [{destination: " q(to) ", " (chance(70) ? "type: \"bind\", " : chance(50) ? "type: \"none\", " : "") "source: " q(substr(data, 1, 1) == "/" ? data : host "/" data) ", options: [" o "]}]")
	} else if (kind < 80) {
		data = pick("size=64k size=1m mode=700 mode=1777 mode=0755,size=100k nr_inodes=50 uid=1000,gid=1000 mode=755,uid=5")
		if (chance(60)) { gsub(/,/, "\",\"", data); o = o (o == "" ? "" : ",") q(data) }
		if (chance(10)) o = o (o == "" ? "" : ",") q("tmpcopyup")
		put(".mounts += [{destination: " q(to) ", type: \"tmpfs\", source: " q(pick("tmpfs shm x")) (o == "" && chance(50) ? "" : ", options: [" o "]") "}]")
	} else if (kind < 86) {
		put(".mounts += [{destination: " q(pick("/proc /mnt /mnt/p /proc2 /link-dir")) ", type: \"proc\", source: \"proc\", options: [" o "]}]")
	} else if (kind < 92) {
		put(".mounts += [{destination: " q(pick("/sys /mnt /mnt/s /link-dir")) ", type: \"sysfs\", source: \"sysfs\", options: [" o "]}]")
	} else if (kind < 94) {
		put(".mounts += [{destination: \"/dev/mqueue\", type: \"mqueue\", source: \"mqueue\", options: [" o "]}]")
	} else if (kind < 97) {
		put(".mounts += [{destination: " q(pick("/sys/fs/cgroup /mnt")) ", type: \"cgroup\", source: \"cgroup\", options: [" o "]}]")
	} else {
		put(".mounts += [{destination: " q(to) ", type: " q(pick("nofs ext4 tmpfs ramfs devpts")) ", source: \"x\", options: [" o "]}]")
	}
	if (to !~ /^(mnt|rel)/) look("stat", to)
	look("open", to ~ /^\// ? to : "/" to, pick("r rw dir"))
}
function hide(   list, p, n) {
	list = chance(50) ? "maskedPaths" : "readonlyPaths"
	for (n = 1 + rnd(3); n > 0; n--) {
		p = pick("/etc/passwd /etc /tmp /nothere /nothere/x /link-dir /link-abs /link-file /link-out /link-loop /link-dangling /dev/null /dev/zero /proc/kcore /proc/sys /proc/self /proc/1 /sys /sys/firmware /mnt /bin/script /etc/passwd/x / /dev /proc/sysrq-trigger")
		put(".linux." list " += [" q(p) "]")
		if (list == "readonlyPaths") look("stat", p)
		look("open", p, pick("r rw a dir"))
	}
}
function device(   p) {
	p = pick("/dev/fuse /dev/x /dev/sub/x /mnt/x /newdir/deep/x /dev/null /dev/zero /dev/console /dev/tty /dev/pts/9 /dev/ptmx /link-dir/d /etc/passwd /dev/shm/d /dev/fd /dev/stdin /dev/full /dev/mqueue")
	put(".linux.devices += [{path: " q(p) ", type: " pick("\"c\",major:10,minor:229 \"c\",major:1,minor:3 \"c\",major:1,minor:5 \"u\",major:1,minor:7 \"b\",major:7,minor:0 \"p\" \"c\",major:1,minor:9 \"p\",major:0,minor:0") \
		(chance(50) ? ", fileMode: " pick("438 384 292 420 8630 511 0") : "") (chance(30) ? ", uid: " pick("0 5 1000") : "") (chance(30) ? ", gid: " pick("0 5 1000") : "") "}]")
	look("stat", p)
}
function uts() {
	if (chance(60)) put(".hostname = " q(pick("box a.b.c x-y")))
	if (chance(30)) put(".domainname = " q(pick("dom example.org")))
	if (chance(15)) put("del(.linux.namespaces[] | select(.type == \"uts\"))")
}
function sysctl(   k) {
	put(".linux.sysctl[" q(pick("net.ipv4.ip_forward net.ipv4.ip_unprivileged_port_start kernel.msgmax kernel.shmmax kernel.sem fs.mqueue.msg_max kernel.domainname kernel.hostname vm.swappiness net.nothere kernel.pid_max net/ipv4/ip_default_ttl net.ipv4.conf.lo.forwarding kernel.shm_rmid_forced net.ipv4.ping_group_range")) "] = " q(pick("1 0 64 100")))
}
function namespaces(   t) {
	t = pick("network ipc uts pid network ipc uts pid network ipc uts pid cgroup mount")
	if (chance(40)) put("del(.linux.namespaces[] | select(.type == " q(t) "))")
	else if (t ~ /network|ipc|uts/) put(".linux.namespaces = [.linux.namespaces[] | select(.type != " q(t) ")] + [{type: " q(t) ", path: " q(host "/ns/" (chance(90) ? t : pick("network ipc uts nothere file"))) "}]")
	else if (t == "cgroup") put(".linux.namespaces += [{type: \"cgroup\"}]")
	else if (t == "pid") put("(.linux.namespaces[] | select(.type == \"pid\")).path = " q(pick("/proc/self/ns/pid " host "/ns/pid")))
}
function userns(   shift_) {
	shift_ = pick("0 0 100000")
	put(".linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = [{containerID: 0, hostID: " shift_ ", size: " pick("65536 1000 1 2000") "}]")
	put(".linux.gidMappings = [{containerID: 0, hostID: " shift_ ", size: " pick("65536 1000 65536 2000") "}]")
	if (shift_ && chance(80)) put(".x.chown = " shift_)
	if (chance(20)) put(".linux.uidMappings += [{containerID: " pick("70000 65536 100") ", hostID: 300000, size: 10}]")
}
function action() { return pick("SCMP_ACT_ALLOW SCMP_ACT_ERRNO SCMP_ACT_ERRNO SCMP_ACT_KILL SCMP_ACT_KILL_PROCESS SCMP_ACT_TRAP SCMP_ACT_LOG SCMP_ACT_TRACE SCMP_ACT_KILL_THREAD") }
function seccomp(   n, i, a, nr, names, args) {
	put(".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\"}")
	if (chance(30)) put(".linux.seccomp.architectures = " pick("[\"SCMP_ARCH_X86_64\"] [\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"] [\"SCMP_ARCH_X86\"] [\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"] [] [\"SCMP_ARCH_AARCH64\"] [\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86_64\"]"))
	if (chance(20)) put(".linux.seccomp.flags = " pick("[\"SECCOMP_FILTER_FLAG_LOG\"] [\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"] [\"SECCOMP_FILTER_FLAG_TSYNC\"] []"))
	if (chance(10)) put(".linux.seccomp.defaultErrnoRet = " pick("1 38 2"))
	for (n = 1 + rnd(3); n > 0; n--) {
		names = some("getpriority personality sched_yield getpgid lseek nosuchcall getsid", 30)
		if (names == "[]") names = "[\"getpriority\"]"
		a = action(); args = ""
		for (i = rnd(3); i > 0; i--)
			args = args (args == "" ? "" : ",") "{index: " rnd(3) ", value: " pick("0 1 2 4294967295 18446744073709551615 3") ", op: " q(pick("SCMP_CMP_EQ SCMP_CMP_NE SCMP_CMP_LT SCMP_CMP_GE SCMP_CMP_GT SCMP_CMP_LE SCMP_CMP_MASKED_EQ")) (chance(40) ? ", valueTwo: " pick("0 1 2 3") : "") "}"
		put(".linux.seccomp.syscalls += [{names: " names ", action: " q(a) (a ~ /ERRNO|TRACE/ && chance(50) ? ", errnoRet: " pick("1 5 38 0") : "") (args == "" ? "" : ", args: [" args "]") "}]")
	}
	for (n = 0; n < 4; n++)
		put(".x.look += [\"++\",\"syscall\",\"" pick("140 135 24 121 8 124") "\",\"" pick("0 1 2 3 0xffffffff") "\",\"" pick("0 1 2") "\",\"" pick("0 1 3") "\"]")
	if (chance(30)) put(".x.look += [\"++\",\"syscall32\",\"96\",\"0\",\"0\"]")
}
function resources(   r) {
	r = rnd(12)
	if (r == 0) put(".linux.resources.memory.limit = " pick("33554432 67108864 -1"))
	if (r == 1) put(".linux.resources.memory = {limit: 67108864, " pick("reservation:33554432 swap:134217728 swap:-1 swappiness:10 disableOOMKiller:true swap:67108864") "}")
	if (r == 2) put(".linux.resources.cpu.shares = " pick("2 512 1024 1 300000 0"))
	if (r == 3) put(".linux.resources.cpu += {" pick("quota:50000,period:100000 quota:20000 period:50000 quota:-1 quota:-1,period:20000") "}")
	if (r == 4) put(".linux.resources.cpu += {" pick("cpus:\"0\" cpus:\"0-1\" mems:\"0\" cpus:\"0\",mems:\"0\" cpus:\"9999\"") "}")
	if (r == 5) put(".linux.resources.pids.limit = " pick("10 100 -1 5"))
	if (r == 6) put(".linux.resources.devices += [{allow: " pick("true false") ", access: " q(pick("rwm rw r m")) (chance(50) ? ", type: " q(pick("a c b")) : "") (chance(40) ? ", major: " pick("1 10 5") : "") (chance(30) ? ", minor: " pick("3 229 1") : "") "}]")
	if (r == 7) put(".linux.resources.hugepageLimits = [{pageSize: " q(pick("2MB 1GB 3MB")) ", limit: " pick("0 4194304") "}]")
	if (r == 8) put(".linux.resources.network = {classID: " pick("1 1048577") "}")
	if (r == 9) put(".linux.resources.network.priorities = [{name: \"lo\", priority: " rnd(9) "}]")
	if (r == 10) put(".linux.resources.blockIO.weight = " pick("100 10 1000"))
	if (r == 11) put(pick("del(.linux.cgroupsPath) .linux.resources={} .linux.resources.unified={\"pids.max\":\"5\"}"))
}
function hook(   k, s) {
	k = pick("prestart createRuntime createContainer startContainer poststart poststop")
	s = pick("0 0 0 0 0 3")
	if (k == "startContainer") put(".hooks." k " += [{path: \"/probe\", args: [\"p\",\"hook\",\"/tmp/hooks\"," q(k) "," q(s) "]}]")
	else put(".hooks." k " += [{path: " q(host "/probe") ", args: [\"p\",\"hook\"," q(host "/hooks") "," q(k) "," q(s) "]" (chance(30) ? ",timeout:5" : "") (chance(30) ? ",env:[\"H=1\"]" : "") "}]")
}
function various() {
	if (chance(20)) put(".annotations = " pick("{\"a\":\"b\"} {\"run.oci.x\":\"1\"} {} {\"org.example\":\"\"}"))
	if (chance(20)) put(".ociVersion = " q(pick("1.0.0 1.0.2 1.0.2-dev 1.0.2-rc1 1.1.0 1.1.0-rc.1")))
	if (chance(15)) put(".x.fds = " pick("1 2 3"))
	if (chance(10)) put(".x.stdin = \"/dev/null\"")
	if (chance(10)) put(".x.options += [\"--no-pivot\"]")
	if (chance(10)) put(".x.options += [\"--no-new-keyring\"]")
	if (chance(10)) put(".foo = {bar: [1, null, {}]} | .process.foo = 1 | .linux.foo = \"x\"")
	if (chance(5)) put(".process.consoleSize = {height: 30, width: 90}")
	if (chance(5)) put(".linux.mountLabel = \"\" | .process.selinuxLabel = \"\" | .process.apparmorProfile = \"\"")
	if (chance(5)) put(pick(".hooks={} .hooks={\"poststop\":[]} .linux.devices=[] .linux.maskedPaths=[] .process.rlimits=[] .linux.sysctl={}"))
}
function broken() {
	put(pick(".process.user.uid=\"a\" .process.user.uid=-1 .process.user.uid=1.5 .process.user.uid=4294967296 .mounts=\"x\" .mounts={} del(.root) .root={} .root.path=\"\" .linux.namespaces[0].type=\"foo\" del(.linux.namespaces[0].type) .linux.namespaces+=[.linux.namespaces[0]] .process.args=[] del(.process.args) .process.args=\"x\" .process.args=[1] del(.process.cwd) .process.cwd=\"\" .process.cwd=\"tmp\" .process.capabilities.bounding+=[\"CAP_NOPE\"] .process.capabilities.bounding+=[\"chown\"] .process.capabilities=[] .linux.rootfsPropagation=\"foo\" .process.rlimits=[{\"type\":\"RLIMIT_FOO\",\"soft\":1,\"hard\":1}] .process.rlimits=[{\"type\":\"NOFILE\",\"soft\":1,\"hard\":1}] .process.rlimits=[{\"type\":\"RLIMIT_NOFILE\",\"soft\":9,\"hard\":8}] .process.rlimits=[{\"type\":\"RLIMIT_NOFILE\"}] .linux.seccomp={\"defaultAction\":\"X\"} .linux.seccomp={} .linux.seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[],\"action\":\"SCMP_ACT_ERRNO\"}]} .linux.seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":\"SCMP_ACT_ERRNO\"}]} .linux.seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"foo\"}]} .mounts+=[{\"type\":\"tmpfs\"}] .mounts+=[{\"destination\":\"\",\"type\":\"tmpfs\"}] .mounts+=[{\"destination\":\"/mnt\"}] .mounts+=[{\"destination\":\"/\",\"type\":\"tmpfs\",\"source\":\"x\"}] .mounts+=[{\"destination\":\"/mnt\",\"type\":\"tmpfs\",\"options\":[\"size=x\"]}] .mounts+=[{\"destination\":\"/mnt\",\"type\":\"tmpfs\",\"options\":\"ro\"}] .process.terminal=\"yes\" del(.ociVersion) .ociVersion=\"x\" .ociVersion=1 .ociVersion=\"2.0.0\" .hostname=1 .hostname=null .process=null .linux=null .linux.resources=null .mounts=null .process.env=null .hooks=null del(.linux) del(.mounts) del(.process) .linux.devices=[{\"path\":\"/dev/x\",\"type\":\"z\"}] .linux.devices=[{\"path\":\"/dev/x\",\"type\":\"c\"}] .linux.devices=[{\"type\":\"c\",\"major\":1,\"minor\":3}] .linux.sysctl={\"a\":1} .linux.resources.pids={} .linux.resources.memory.limit=\"1\" .hooks.prestart=[{}] .hooks.prestart=[{\"path\":\"x\"}] .hooks.poststop=[{\"path\":\"/nothere\"}] .hooks.createContainer=[{\"path\":\"/nothere\"}] .hooks.startContainer=[{\"path\":\"/nothere\"}] .hooks.poststart=[{\"path\":\"/nothere\"}] .linux.maskedPaths=[\"rel\"] .linux.maskedPaths=[\"\"] .linux.uidMappings=[{\"containerID\":0,\"hostID\":0,\"size\":1}] .linux.namespaces+=[{\"type\":\"user\"}] .linux.namespaces=[] .annotations={\"\":\"x\"} .annotations={\"a\":1} .process.oomScoreAdj=1001 .process.umask=1 .process.user.umask=512 .linux.cgroupsPath=\"../../x\" .linux.cgroupsPath=\"\" .linux.cgroupsPath=\"rel\" .process.env=[1] .process.user=null del(.process.user) .linux.personality={\"domain\":\"LINUX32\"} .process.noNewPrivileges=1 .root.readonly=\"true\" .linux.resources.cpu.shares=-1 .linux.intelRdt={\"closID\":\"x\"} .process.terminal=true"))
}

BEGIN {
	state = (seed * 7919 + 12345) % 2147483647
	for (i = 0; i < 7; i++) rnd(2)
	put(".x.mode = " q(pick("run run create")))
	if (chance(15)) { broken(); exit } # alone: the first fault hides the others
	if (chance(20)) user()
	if (chance(20)) caps()
	if (chance(15)) limits()
	if (chance(50)) process()
	if (chance(25)) root()
	if (chance(15)) userns()
	if (chance(25)) namespaces()
	if (chance(45)) for (i = 1 + rnd(3); i > 0; i--) mount()
	if (chance(20)) hide()
	if (chance(20)) for (i = 1 + rnd(2); i > 0; i--) device()
	if (chance(15)) uts()
	if (chance(12)) sysctl()
	if (chance(15)) seccomp()
	if (chance(20)) for (i = 1 + rnd(2); i > 0; i--) resources()
	if (chance(15)) for (i = 1 + rnd(3); i > 0; i--) hook()
	various()
}
