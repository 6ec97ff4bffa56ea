# sysnames.awk - libseccomp's table of system calls (src/syscalls.csv) as C, with the columns that a machine can run
# SPDX-License-Identifier: MIT
#
#   awk -f toolchain/sysnames.awk -v arch=ARCH syscalls.csv        arch as in toolchain/arches; all: every column
#
# Names one behind the other, where each begins, and 16 bits a number: 0xffff where an architecture has no such call, and from
# 0xf000 on arm's private calls, which begin at 0x0f0000. box/sysnames.c reads it.

BEGIN {
	FS = ","
	family["x86_64"] = family["i386"] = "x86 x86_64 x32"
	family["aarch64"] = family["armv7"] = "arm aarch64"
	family["riscv64"] = "riscv64"
	family["all"] = "x86 x86_64 x32 arm aarch64 mips mips64 mips64n32 ppc64 riscv64"
	if (!(arch in family)) {
		print "sysnames.awk: no columns for " arch > "/dev/stderr"
		exit failed = 1
	}
	n = split(family[arch], column, " ")
}

/^#syscall/ {
	for (i = 2; i <= NF; i++)
		at[$i] = i
	next
}

{
	if (name[count] >= $1 && count) {
		print "sysnames.awk: line " FNR ": names are not in order" > "/dev/stderr"
		exit failed = 1
	}
	name[++count] = $1
	begin[count] = length_of_all
	length_of_all += length($1) + 1
	for (i = 1; i <= n; i++) {
		v = $at[column[i]]
		if (v == "PNR")
			v = 65535
		else if (v >= 983040 && v < 983040 + 4095)
			v = v - 983040 + 61440
		else if (v !~ /^[0-9]+$/ || v >= 61440) {
			print "sysnames.awk: line " FNR ": " v " has no room" > "/dev/stderr"
			exit failed = 1
		}
		number[i, count] = v
	}
}

END {
	if (failed)
		exit 1
	print "/* made by toolchain/sysnames.awk from libseccomp's syscalls.csv */"
	# Where each architecture of enum sysnames has its column.
	printf "#define SYSNAMES_COLUMNS "
	k = split(family["all"], all, " ")
	for (i = 1; i <= n; i++)
		where[column[i]] = i - 1
	for (i = 1; i <= k; i++)
		printf "%s%s", all[i] in where ? where[all[i]] : -1, i < k ? ", " : "\n"
	print "#define SYSNAMES_COUNT " count
	print "#define SYSNAMES_TEXT \\"
	for (k = 1; k <= count; k++)
		print "\t\"" name[k] (k < count ? "\\0\" \\" : "\"")
	print "#define SYSNAMES_AT \\"
	for (k = 1; k <= count; k++)
		print "\t" begin[k] + 0 (k < count ? ", \\" : "")
	print "#define SYSNAMES_NUMBERS \\"
	for (i = 1; i <= n; i++) {
		printf "\t{"
		for (k = 1; k <= count; k++)
			printf "%s%s", number[i, k], k < count ? "," : "}"
		print i < n ? ", \\" : ""
	}
}
