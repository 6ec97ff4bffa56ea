# example.awk - a property of config.json as it stands in the file: made from its name and type, with words that make sense for some
# SPDX-License-Identifier: MIT
#
#   awk -f example.awk -f WHO-CALLS-example()    tests/docs/pages.t has mote judge every one

BEGIN {
	n_words = split( \
		"ociVersion=\"1.3.0\"|root.path=\"rootfs\"|hostname=\"box\"|domainname=\"example.org\"|annotations={\"org.example.key\": \"value\"}|" \
		"mounts[].destination=\"/data\"|mounts[].type=\"tmpfs\"|mounts[].source=\"tmpfs\"|mounts[].options=[\"nosuid\", \"size=1m\"]|" \
		"process.cwd=\"/\"|process.args=[\"/bin/sh\", \"-c\", \"echo hello\"]|process.env=[\"PATH=/bin:/usr/bin\"]|process.user.umask=18|" \
		"process.user.uid=1000|process.user.gid=1000|process.user.additionalGids=[10]|process.rlimits[].type=\"RLIMIT_NOFILE\"|" \
		"process.rlimits[].soft=1024|process.rlimits[].hard=1024|process.oomScoreAdj=100|process.consoleSize.height=25|process.consoleSize.width=80|" \
		"process.execCPUAffinity.initial=\"0-1\"|process.execCPUAffinity.final=\"0\"|hooks.prestart[].path=\"/usr/bin/setup\"|" \
		"hooks.prestart[].args=[\"setup\", \"net\"]|hooks.prestart[].env=[\"PATH=/usr/bin\"]|hooks.prestart[].timeout=5|" \
		"linux.cgroupsPath=\"/web\"|linux.namespaces[].type=\"network\"|linux.namespaces[].path=\"/run/netns/lan\"|" \
		"linux.devices[].path=\"/dev/fuse\"|linux.devices[].major=10|linux.devices[].minor=229|linux.devices[].fileMode=438|" \
		"linux.resources.memory.limit=67108864|linux.resources.memory.swap=134217728|linux.resources.memory.reservation=33554432|" \
		"linux.resources.memory.swappiness=60|linux.resources.cpu.shares=512|linux.resources.cpu.quota=50000|linux.resources.cpu.period=100000|" \
		"linux.resources.cpu.cpus=\"0-1\"|linux.resources.cpu.mems=\"0\"|linux.resources.pids.limit=20|linux.resources.devices[].access=\"rwm\"|" \
		"linux.resources.hugepageLimits[].pageSize=\"2MB\"|linux.resources.hugepageLimits[].limit=4194304|" \
		"linux.resources.unified={\"memory.high\": \"20M\"}|linux.resources.blockIO.weight=100|linux.sysctl={\"net.ipv4.ip_forward\": \"1\"}|" \
		"linux.maskedPaths=[\"/proc/kcore\"]|linux.readonlyPaths=[\"/proc/sys\"]|linux.seccomp.syscalls[].names=[\"getpid\", \"getppid\"]|" \
		"linux.uidMappings[].hostID=100000|linux.uidMappings[].size=65536|linux.mountLabel=\"system_u:object_r:container_file_t:s0\"|" \
		"process.selinuxLabel=\"system_u:system_r:container_t:s0\"|process.apparmorProfile=\"container-default\"|linux.intelRdt.closID=\"web\"|linux.intelRdt.memBwSchema=\"MB:0=50\"|linux.personality.flags=[]|" \
		"linux.memoryPolicy.nodes=\"0\"|linux.timeOffsets={\"boottime\": {\"secs\": 86400}}|linux.netDevices={\"eth1\": {\"name\": \"eth0\"}}", known, "|")
	for (i_word = 1; i_word <= n_words; i_word++) {
		match(known[i_word], /=/)
		picked[substr(known[i_word], 1, RSTART - 1)] = substr(known[i_word], RSTART + 1)
	}
}

function number(type,   lo, hi) {
	if (type ~ /-?[0-9]+ to -?[0-9]+/) {
		match(type, /-?[0-9]+ to -?[0-9]+/)
		split(substr(type, RSTART, RLENGTH), range, " to ")
		lo = range[1] + 0
		hi = range[2] + 0
		return lo <= 1 && hi >= 1 ? 1 : range[1]
	}
	return match(type, /from -?[0-9]+/) && substr(type, RSTART + 5, RLENGTH - 5) + 0 > 1 ? substr(type, RSTART + 5, RLENGTH - 5) : 1
}
function first_name(type) { sub(/.*names?: /, "", type); sub(/,.*/, "", type); return "\"" type "\"" }

function value(name, type) {
	if (name in picked) return picked[name]
	if (type ~ /^array of objects/) return "[{}]"
	if (type ~ /^array of names/) return "[" first_name(type) "]"
	if (type ~ /^array of numbers/) return "[" number(type) "]"
	if (type ~ /^array of absolute/) return "[\"/path\"]"
	if (type ~ /^array of strings/) return name ~ /^process\.capabilities/ ? "[\"CAP_KILL\"]" : "[\"text\"]"
	if (type ~ /^object of strings/) return "{\"name\": \"text\"}"
	if (type ~ /^object of objects/) return "{\"name\": {}}"
	if (type ~ /^object/) return "{}"
	if (type ~ /^boolean/) return "true"
	if (type ~ /^number/) return number(type)
	if (type ~ /^absolute path/) return "\"/path\""
	if (type ~ /^name/) return first_name(type)
	return "\"text\""
}

# example(NAME, TYPE): {"linux": {"namespaces": [{"type": "network"}]}}
function example(name, type,   v, n, part, i, open) {
	v = value(name, type)
	n = split(name, part, ".")
	for (i = n; i >= 1; i--) {
		open = part[i]
		if (i < n && open ~ /\[""\]$/) {
			sub(/\[""\]$/, "", open)
			v = "{\"name\": " v "}"
		} else if (i < n && open ~ /\[\]$/) {
			sub(/\[\]$/, "", open)
			v = "[" v "]"
		}
		sub(/\[.*/, "", open)
		v = "{\"" open "\": " v "}"
	}
	return v
}
