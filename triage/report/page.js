/* page.js: the page of a report. The overview, the table of clusters and lanes, filters, keys. The part of the address
 * behind '#' says what is shown, so that it can be sent on: #q=words&kind=leaf&c=12. */
const clusters = data.clusters;
const order = Object.fromEntries(data.states.map((s, i) => [s.state, i]));
const byId = new Map(clusters.map((c) => [c.id, c]));
const most = clusters.reduce((n, c) => Math.max(n, ...c.lanes), 1);
const filters = { q: "", state: "", kind: "", guilty: "", arch: "", strength: "" };
let open = null, selected = 0, sort = "state", rows = [], visible = [];

const words = (c) => [c.id, c.title, c.signature, c.kind, c.guilty, c.guilty_text, c.known || "", c.label || "", c.of_bundle.exhibit,
	c.of_bundle.case === null ? "" : data.cases[c.of_bundle.case].text, c.archs].join(" ").toLowerCase();

/* What distinguishes lanes: the architecture, and parts that not all have. */
function laneNames() {
	const parts = data.lanes.map((l) => l.lane.split("-"));
	const common = (p) => parts.length > 1 && parts.every((l) => l.includes(p));
	const once = new Set();
	return parts.map((l) => {
		const name = [l[0], ...l.slice(1).filter((p) => !common(p) && !/^qemu/.test(p))].join(" ");
		const unique = once.has(name) ? l.join(" ") : name;
		once.add(unique);
		return unique;
	});
}

const sorts = {
	state: (a, b) => order[a.state] - order[b.state] || a.weak - b.weak || b.count - a.count || a.id - b.id,
	id: (a, b) => a.id - b.id,
	title: (a, b) => a.title.localeCompare(b.title),
	kind: (a, b) => a.kind.localeCompare(b.kind) || a.id - b.id,
	guilty: (a, b) => a.guilty.localeCompare(b.guilty) || a.id - b.id,
	seen: (a, b) => b.count - a.count || a.id - b.id,
	first: (a, b) => a.first_seen.localeCompare(b.first_seen) || a.id - b.id,
};

function laneCell(c, i) {
	const n = c.lanes[i], lane = data.lanes[i].lane;
	const said = c.verdicts.find((v) => v.lane === lane);
	const heat = n ? 1 + Math.min(3, Math.floor(4 * Math.log(1 + n) / Math.log(1 + most) - 0.01)) : 0;
	return el("td", { class: `lane h${heat}`, title: `${lane}: ${n ? plural(n, "bundle") : "not seen"}`
		+ (said ? `, replayed there: ${said.verdict} ${said.times}` : "") }, n ? count(n) : said ? said.verdict : "·");
}

function rowOf(c) {
	const link = el("a", { href: `#c=${c.id}` }, c.title);
	const tr = el("tr", { "data-id": c.id, class: c.weak ? "is-weak" : null },
		el("td", { class: "num" }, c.id),
		el("td", { class: "title" }, link, c.weak ? chip("weak", "weak") : null,
			c.label ? chip("label", c.label) : null),
		el("td", {}, stateChip(c)), el("td", {}, c.kind), el("td", {}, guiltyChip(c)),
		el("td", { class: "num" }, count(c.count)),
		el("td", { class: "num" }, c.replayed.endsWith("/0") ? "–" : c.replayed),
		el("td", { class: "num when" }, c.first_seen ? day(c.first_seen).slice(5, 16) : ""),
		c.lanes.map((n, i) => laneCell(c, i)));
	tr.addEventListener("click", (e) => {
		if (!e.target.closest("a") && !String(window.getSelection()))
			go({ c: c.id });
	});
	link.addEventListener("click", (e) => { e.preventDefault(); go({ c: c.id }); });
	return tr;
}

/* Rows are made when they are needed: a table of thousands would take its time. */
const DRAWN_AT_ONCE = 80;
let drawn = 0;
function draw(count) {
	const end = Math.min(visible.length, count), more = [];
	for (; drawn < end; drawn++)
		more.push(visible[drawn].tr ||= rowOf(visible[drawn].c));
	tbody.append(...more);
	below.hidden = drawn === visible.length;
}

function header(name, key, cls) {
	if (!key)
		return el("th", { scope: "col", class: cls || null }, name);
	const button = el("button", { type: "button", class: "sort" }, name);
	button.addEventListener("click", () => { sort = key; arrange(); });
	return el("th", { scope: "col", class: cls || null, "data-sort": key }, button);
}

const names = laneNames();
const tall = names.length > 3 ? "lane tall" : "lane";
const tbody = el("tbody", {});
const table = el("table", { class: "clusters" }, el("thead", {}, el("tr", {},
	header("#", "id", "num"), header("Cluster", "title"), header("State", "state"), header("Kind", "kind"),
	header("Guilty", "guilty"), header("Seen", "seen", "num"), header("Replays", null, "num"),
	header("First", "first", "num"),
	names.map((n, i) => el("th", { scope: "col", class: tall, title: data.lanes[i].lane }, el("span", {}, n))))), tbody);
const below = el("p", { class: "muted", hidden: true }, "more below");
const watch = new IntersectionObserver((seen) => {
	if (!seen.at(-1).isIntersecting || below.hidden)
		return;
	draw(drawn + DRAWN_AT_ONCE);
	watch.unobserve(below); /* it may be in sight still, which would be no news */
	watch.observe(below);
}, { rootMargin: "600px" });
watch.observe(below);
const shown = el("p", { class: "muted", role: "status", id: "shown" });

function arrange() {
	rows.sort((a, b) => sorts[sort](a.c, b.c));
	for (const th of table.querySelectorAll("th[data-sort]"))
		th.setAttribute("aria-sort", th.dataset.sort === sort ? "ascending" : "none");
	apply();
}

function matches(r) {
	const c = r.c, f = filters;
	return (!f.state || c.state === f.state) && (!f.kind || c.kind === f.kind) && (!f.guilty || c.guilty === f.guilty) &&
		(!f.arch || c.archs.split(",").includes(f.arch)) && (!f.strength || c.weak === (f.strength === "weak")) &&
		f.q.toLowerCase().split(/\s+/).every((w) => r.text.includes(w));
}

function apply() {
	visible = rows.filter(matches);
	drawn = 0;
	tbody.replaceChildren();
	draw(DRAWN_AT_ONCE);
	shown.textContent = visible.length === rows.length ? `${plural(rows.length, "cluster")}`
		: `${visible.length} of ${plural(rows.length, "cluster")}`;
	select(Math.min(selected, Math.max(0, visible.length - 1)), false);
}

function select(n, scroll) {
	selected = n;
	tbody.querySelector("tr.selected")?.classList.remove("selected");
	draw(n + 2);
	visible[n]?.tr.classList.add("selected");
	if (scroll)
		visible[n]?.tr.scrollIntoView({ block: "nearest" });
}

/* The address: what is filtered and which cluster is open. */
function address() {
	const p = new URLSearchParams();
	for (const [k, v] of Object.entries(filters))
		if (v)
			p.set(k, v);
	if (open)
		p.set("c", open.id);
	return p.toString() ? `#${p}` : "#";
}

function go(change) {
	if ("c" in change)
		open = byId.get(change.c) || null;
	history.pushState(null, "", address());
	show();
}

function read() {
	const p = new URLSearchParams(location.hash.slice(1));
	for (const k of Object.keys(filters))
		filters[k] = p.get(k) || "";
	open = byId.get(p.get("c")) || null;
	for (const [k, control] of Object.entries(controls))
		control.value = filters[k];
	apply();
	show();
}

const search = el("input", { type: "search", id: "search", placeholder: "search  (/)", "aria-label": "search",
	spellcheck: "false", autocomplete: "off" });
const controls = { q: search };

function chooser(key, label, values) {
	const s = el("select", { "aria-label": label }, el("option", { value: "" }, `${label}: all`),
		values.map((v) => el("option", { value: v }, v)));
	controls[key] = s;
	s.addEventListener("change", () => { filters[key] = s.value; history.replaceState(null, "", address()); apply(); });
	return s;
}

const unique = (f) => [...new Set(clusters.flatMap(f))].filter(Boolean).sort();
search.addEventListener("input", () => { filters.q = search.value; history.replaceState(null, "", address()); apply(); });

function clear() {
	for (const k of Object.keys(filters)) {
		filters[k] = "";
		controls[k].value = "";
	}
	history.replaceState(null, "", address());
	apply();
}

/* The overview. */
function tally(f) {
	const t = new Map();
	for (const c of clusters)
		t.set(f(c), (t.get(f(c)) || 0) + 1);
	return [...t].sort((a, b) => b[1] - a[1]);
}

function jump(key, value, n, cls) {
	const b = el("button", { type: "button", class: `chip ${cls}` }, `${value} ${n}`);
	b.addEventListener("click", () => {
		filters[key] = filters[key] === value ? "" : value;
		controls[key].value = filters[key];
		history.replaceState(null, "", address());
		apply();
	});
	return b;
}

function coverPart() {
	const v = data.cover;
	if (!v.cases)
		return el("p", { class: "muted" }, "The campaign has drawn no cases of its own: nothing to count.");
	return [el("p", { class: "muted" }, `${v.cut ? "The first " : ""}${plural(v.cases, "case")} against what is known to be reachable.`),
		v.abis.map((a) => {
			const missing = a.rows.filter((r) => !r.reached);
			return el("div", { class: "cover" }, el("h4", {}, a.arch), bar(a.rules.reached, a.rules.reachable, "rules"),
				bar(a.pairs.reached, a.pairs.reachable, "pairs of rules"),
				el("details", {}, el("summary", {}, `all ${a.rows.length} rules, ${missing.length} not reached`),
					el("ul", { class: "rules" }, [...missing, ...a.rows.filter((r) => r.reached)].map((r) =>
						el("li", { class: r.reached ? "yes" : r.reachable ? "no" : "never" },
							el("b", {}, r.reached ? "reached " : r.reachable ? "missing " : "unreachable "),
							`${r.rule} (${r.section}): ${r.statement}`)))));
		})];
}

function headline() {
	const k = data.campaign, news = clusters.filter((c) => c.state === "new").length;
	const weak = clusters.filter((c) => c.weak).length;
	const facts = [k.target && `target ${k.target}`, k.state, k.elapsed_s && span(k.elapsed_s),
		k.crossings && `${short(k.crossings)} crossings`, k.executions && `${short(k.executions)} executions`,
		k.seed && `seed ${k.seed}`].filter(Boolean).join(" · ");
	return el("header", {},
		el("div", { class: "brand" }, el("h1", {}, k.name), el("p", { class: "muted" }, facts)),
		el("div", { class: "figures" },
			el("div", {}, el("b", {}, count(news)), " new"),
			el("div", {}, el("b", {}, count(clusters.length)), clusters.length === 1 ? " cluster" : " clusters"),
			el("div", {}, el("b", {}, count(weak)), " weak"),
			el("div", {}, el("b", {}, count(data.bundles)), " bundles")));
}

function notes() {
	const n = [];
	if (data.waiting)
		n.push(`${plural(data.waiting, "bundle")} in the spool not yet read: cgofuzz triage ${data.campaign.word}`);
	if (data.quarantined)
		n.push(`${plural(data.quarantined, "file")} in quarantine, each with its reason beside it`);
	return n.map((t) => el("p", { class: "note" }, t));
}

const overview = el("div", { id: "overview" }, headline(), notes(),
	el("div", { class: "cards" },
		el("section", { class: "card wide" }, el("h3", {}, "Clusters over time"), chart(clusters)),
		el("section", { class: "card" }, el("h3", {}, "State and guilty side"),
			el("p", { class: "chips" }, tally((c) => c.state).map(([v, n]) => jump("state", v, n, stateClass[v] || ""))),
			el("p", { class: "chips" }, tally((c) => c.guilty).map(([v, n]) => jump("guilty", v, n, `g-${v}`))),
			el("p", { class: "chips" }, tally((c) => c.kind).map(([v, n]) => jump("kind", v, n, "")))),
		el("section", { class: "card" }, el("h3", {}, "Rules of the ABI documents"), coverPart())),
	el("div", { class: "filters", role: "search" }, search, chooser("state", "state", unique((c) => c.state)),
		chooser("kind", "kind", unique((c) => c.kind)), chooser("guilty", "guilty", unique((c) => c.guilty)),
		chooser("arch", "arch", unique((c) => c.archs.split(","))), chooser("strength", "signature", ["strong", "weak"]),
		el("button", { type: "button", class: "quiet", onclick: clear }, "clear"), shown),
	clusters.length ? [el("div", { class: "scroll" }, table), below]
		: el("p", { class: "note" }, "No fault was found."));

const help = el("dialog", { id: "help", "aria-label": "keys" }, el("h3", {}, "Keys"), el("dl", {},
	[["/", "search"], ["j  k", "next, previous cluster"], ["Enter", "open it"], ["Esc", "back; clears the search"],
		["n", "only what is new"], ["t", "light or dark"], ["?", "this"]].flatMap(([k, what]) =>
		[el("dt", {}, k.split("  ").map((x) => el("kbd", {}, x))), el("dd", {}, what)])),
	el("form", { method: "dialog" }, el("button", {}, "close")));

const themes = ["auto", "light", "dark"];
let theme = "auto";
const switcher = el("button", { type: "button", class: "quiet", id: "theme", title: "light or dark (t)" });
function setTheme(t) {
	theme = t;
	if (t === "auto")
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = t;
	switcher.textContent = `theme: ${t}`;
	try { localStorage.setItem("cgofuzz-theme", t); } catch (e) { /* pages of files may not keep anything */ }
}
const nextTheme = () => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);
switcher.addEventListener("click", nextTheme);

const detail = el("div", { id: "detail", hidden: true });
let listScroll = 0;

function show() {
	if (!open && overview.hidden) {
		overview.hidden = false;
		detail.hidden = true;
		detail.replaceChildren();
		window.scrollTo(0, listScroll);
		select(Math.max(0, visible.findIndex((r) => r.c.id === lastOpen)), true);
	} else if (open) {
		if (!overview.hidden)
			listScroll = window.scrollY;
		lastOpen = open.id;
		const at = visible.findIndex((r) => r.c === open);
		const step = (n, text) => el("button", { type: "button", class: "quiet", disabled: !visible[at + n] || at < 0,
			onclick: () => go({ c: visible[at + n].c.id }) }, text);
		detail.replaceChildren(el("nav", {}, el("button", { type: "button", class: "quiet", onclick: () => go({ c: null }) },
			"← all clusters (Esc)"), step(-1, "previous (k)"), step(1, "next (j)"),
		el("span", { class: "muted" }, at < 0 ? "" : `${at + 1} of ${visible.length}`)), clusterPage(open));
		overview.hidden = true;
		detail.hidden = false;
		window.scrollTo(0, 0);
	}
	document.title = `${open ? `${open.id} ${open.title}` : data.campaign.name} - cgofuzz report`;
}
let lastOpen = "";

function move(n) {
	const at = open ? visible.findIndex((r) => r.c === open) : selected;
	const to = Math.max(0, Math.min(visible.length - 1, at + n));
	if (!visible.length)
		return;
	if (open && to !== at)
		go({ c: visible[to].c.id });
	else if (!open)
		select(to, true);
}

function escape() {
	if (document.activeElement === search) {
		search.blur();
		if (filters.q) {
			search.value = filters.q = "";
			history.replaceState(null, "", address());
			apply();
		}
	} else if (open) {
		go({ c: null });
	} else {
		clear();
	}
}

const keys = {
	"/": () => { if (open) go({ c: null }); search.focus(); search.select(); },
	j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
	Enter: () => { if (!open && visible[selected]) go({ c: visible[selected].c.id }); },
	Escape: escape,
	n: () => { filters.state = filters.state ? "" : "new"; controls.state.value = filters.state;
		history.replaceState(null, "", address()); apply(); },
	t: nextTheme,
	"?": () => help.showModal(),
};

document.addEventListener("keydown", (e) => {
	const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
	const press = e.target.closest("button, a, summary, dialog");
	if (help.open || e.ctrlKey || e.metaKey || e.altKey || (open && e.key.startsWith("Arrow")))
		return;
	if (typing && e.target === search && e.key === "Enter") {
		search.blur();
		e.preventDefault();
		return;
	}
	if (!keys[e.key] || (typing && e.key !== "Escape") || (press && e.key === "Enter"))
		return;
	e.preventDefault();
	keys[e.key]();
});

rows = clusters.map((c) => ({ c, tr: null, text: words(c) }));
document.body.append(el("div", { class: "tools" }, switcher,
	el("button", { type: "button", class: "quiet", onclick: () => help.showModal() }, "keys (?)")),
el("main", {}, overview, detail), help);
let kept = null;
try { kept = localStorage.getItem("cgofuzz-theme"); } catch (e) { /* as above */ }
setTheme(themes.includes(kept) ? kept : "auto");
arrange();
read();
window.addEventListener("popstate", read);
window.addEventListener("hashchange", read);
document.documentElement.dataset.ready = "yes";
