// search.js - the site's search: each word of the question is looked for in INDEX (index.js); nothing leaves the page
// SPDX-License-Identifier: MIT
(function () {
	var q = document.getElementById("q"), list = document.getElementById("found");
	// How well an entry fits: its name counts more than its sentence, a whole name most; 0 when a word is in neither.
	function score(e, words) {
		var name = e[1].toLowerCase(), says = e[2].toLowerCase(), s = 0;
		for (var i = 0; i < words.length; i++) {
			var w = words[i], at = name.indexOf(w);
			if (at < 0 && says.indexOf(w) < 0)
				return 0;
			// The beginning of a part of the name is better than its middle.
			if (at > 0 && !/[a-z0-9]/.test(name[at - 1]))
				s += 5;
			s += at < 0 ? 1 : name === w ? 100 : name.slice(-w.length) === w ? 50 : at === 0 ? 20 : 10;
		}
		return s - name.length / 200;
	}
	function show() {
		var words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
		list.textContent = "";
		list.hidden = !words.length;
		if (!words.length)
			return;
		var hits = [];
		INDEX.forEach(function (e) {
			var s = score(e, words);
			if (s > 0)
				hits.push([s, e]);
		});
		hits.sort(function (a, b) { return b[0] - a[0]; });
		hits.slice(0, 30).forEach(function (h) {
			var e = h[1], li = document.createElement("li"), a = document.createElement("a"), s = document.createElement("span");
			a.href = e[3];
			a.textContent = e[1];
			s.textContent = e[0] + ": " + e[2];
			li.appendChild(a);
			li.appendChild(s);
			list.appendChild(li);
		});
		if (!hits.length)
			list.appendChild(document.createElement("li")).textContent = "nothing found";
	}
	q.addEventListener("input", show);
	q.addEventListener("keydown", function (e) {
		var a = list.querySelector("a");
		if (e.key === "Enter" && a)
			location.href = a.href;
		if (e.key === "Escape") {
			q.value = "";
			show();
		}
	});
	list.addEventListener("click", function () { list.hidden = true; });
	if (location.search.slice(0, 3) === "?q=") {
		q.value = decodeURIComponent(location.search.slice(3));
		show();
	}
	if (innerWidth >= 900)
		document.querySelector("details.nav").open = true;
})();
