# SPDX-License-Identifier: MIT
# alike.awk - lines SEED<TAB>RUNTIME<TAB>KEY=VALUE side by side, for tests/compare/resources and tests/compare/execs
#
#	awk -v first=create -f alike.awk REASONS.txt LINES
#
# Prints CLASS<TAB>REASON<TAB>SEED KEY | mote=... | crun=... | runc=... for each key that is not the same in all three; CLASS is who is alone,
# or `all`.  Where not all have FIRST.rc=0, only that is compared, with what was said (FIRST.error); the same for update.*, whose
# keys must be as before where mote refused.  A key that comes twice is one value.
BEGIN { FS = OFS = "\t" }
FILENAME ~ /txt$/ { if ($0 !~ /^#/ && NF > 1) { regex[++r] = $1; reason[r] = $2 }; next }
NF < 3 { next }
!($1 in seen) { seen[$1]; seeds[++s] = $1 }
{
	cut = index($3, "="); key = substr($3, 1, cut - 1); v = substr($3, cut + 1)
	if (sub(/[.]error$/, ".rc", key)) { said[$1, $2, key] = " (" substr(v, 1, 300) ")"; next }
	where = $1 SUBSEP $2 SUBSEP key
	if (where in value) v = value[where] ";" v
	value[where] = v
	if (!(($1, key) in known)) { known[$1, key]; keys[$1, ++n[$1]] = key }
}
function all_are(seed, key, what) { return get(seed, "mote", key) == what && get(seed, "crun", key) == what && get(seed, "runc", key) == what }
function get(seed, r, key) { return ((seed, r, key) in value) ? value[seed, r, key] : "-" }
END {
	for (j = 1; j <= s; j++) {
		x = seeds[j]
		created = all_are(x, first ".rc", "0"); updated = all_are(x, "update.rc", "0")
		for (i = 1; i <= n[x]; i++) {
			key = keys[x, i]; m = get(x, "mote", key); c = get(x, "crun", key); u = get(x, "runc", key)
			before = key
			if (sub(/^update[.]/, "", before) && before != "rc" && get(x, "mote", "update.rc") == "refused" && m != get(x, "mote", before))
				print "mote", "NOT EXPLAINED", x " " key " | mote=" m " behind a refused update, before it " get(x, "mote", before)
			if (m == c && c == u || !created && key !~ ("^(" first ".rc|left|delete)$") || !updated && key ~ /^update[.]/ && key != "update.rc") continue
			class = c == u ? "mote" : m == c ? "runc" : m == u ? "crun" : "all"
			rc = key ~ /[.]rc$/
			line = x " " key " | mote=" m (rc ? said[x, "mote", key] : "") " | crun=" c (rc ? said[x, "crun", key] : "") " | runc=" u (rc ? said[x, "runc", key] : ""); why = ""
			for (k = 1; k <= r && why == ""; k++) if (line ~ regex[k]) why = reason[k]
			print class, why == "" ? "NOT EXPLAINED" : why, line
		}
	}
	if (!s) print "all", "NOT EXPLAINED", "nothing was said"
}
