/* cluster.js: the page of a report. One cluster: what it is, what to run next, its case, stack and plan. */
const stateAbout = Object.fromEntries(data.states.map((s) => [s.state, s.about]));
const stateClass = { new: "s-new", known: "s-known", flaky: "s-flaky", "not replayed": "s-open",
	"not seen again": "s-gone", "fast path only": "s-gone", ignored: "s-gone" };
const stateChip = (c) => chip(stateClass[c.state] || "", c.state, stateAbout[c.state]);
const guiltyChip = (c) => chip(`g-${c.guilty}`, c.guilty, "the side that is guilty");

/* A declaration on one line, or, where it is long, a member or an argument a line. */
function pretty(text) {
	if (text.length < 76 || text.includes("\n"))
		return text;
	let out = "", braces = 0, parens = 0;
	const line = (depth) => { out = out.trimEnd() + "\n" + "    ".repeat(depth); };
	for (const ch of text) {
		if (ch === "}")
			line(--braces + Math.min(parens, 1));
		if (ch === "(")
			parens++;
		if (ch === ")")
			parens--;
		if (ch === " " && out.endsWith(" "))
			continue;
		out += ch;
		if (ch === "{")
			line(++braces + Math.min(parens, 1));
		else if (ch === ";")
			line(braces + Math.min(parens, 1));
		else if (ch === "," && parens === 1 && !braces)
			line(1);
	}
	return out.trimEnd();
}

function commandsOf(c) {
	return data.commands.filter((n) => c.of_bundle.lane || !n.command.includes("BUNDLE")).map((n) => ({
		about: n.about,
		command: n.command.replace(/DIR|BUNDLE|ID/g, (w) =>
			w === "ID" ? c.id : w === "DIR" ? data.campaign.word : c.bundle_word),
	}));
}

function copy(text, button) {
	const done = () => {
		button.textContent = "copied";
		setTimeout(() => { button.textContent = "copy"; }, 1500);
	};
	if (navigator.clipboard)
		navigator.clipboard.writeText(text).then(done, () => {});
}

function commandRow(n) {
	const button = el("button", { type: "button", class: "copy", "aria-label": `copy: ${n.command}` }, "copy");
	button.addEventListener("click", () => copy(n.command, button));
	return el("div", { class: "command" }, el("code", {}, n.command), button, el("span", { class: "muted" }, n.about));
}

function section(title, ...children) {
	return el("section", {}, el("h3", {}, title), children);
}

/* Plumbing is folded away until asked for; where C and Go change places is said. */
function stackOf(c) {
	const b = c.of_bundle;
	if (!b.stack.length)
		return el("p", { class: "muted" }, c.kind === "death" ? "The process ended without a word: there is no stack."
			: "Nothing crashed: values were compared. `cgofuzz show` unwinds where that was.");
	const rows = [], hidden = b.stack.filter((i) => data.frames[i].plumbing).length;
	let side = null, n = 0;
	for (const i of b.stack) {
		const f = data.frames[i];
		if (b.frames_left_out && n === b.stack.length - 6)
			rows.push(el("tr", { class: "gap" }, el("td", { colspan: 4 }, `${plural(b.frames_left_out, "frame")} more`)));
		const turn = side && side !== f.side;
		side = f.side;
		rows.push(el("tr", { class: `${f.side}${f.plumbing ? " plumbing" : ""}${turn ? " turn" : ""}` },
			el("td", { class: "num" }, `#${n < b.stack.length - 6 || !b.frames_left_out ? n : n + b.frames_left_out}`),
			el("td", { class: "side" }, f.side === "go" ? "Go" : "C"),
			el("td", { class: "fn" }, f.function, f.where ? el("small", {}, `  ${f.where}`) : null),
			el("td", { class: "how" }, f.how)));
		n++;
	}
	const table = el("table", { class: "stack fold" }, el("tbody", {}, rows));
	const button = hidden && hidden < b.stack.length ? el("button", { type: "button", class: "quiet" }, "") : null;
	const say = () => {
		if (button)
			button.textContent = table.classList.contains("fold")
				? `show ${plural(hidden, "frame")} of runtime, libc and harness` : "hide plumbing";
	};
	if (!button)
		table.classList.remove("fold");
	else
		button.addEventListener("click", () => { table.classList.toggle("fold"); say(); });
	say();
	return [table, el("p", { class: "muted" }, b.stack_end ? `Ends: ${b.stack_end}. ` : "", button)];
}

function planOf(b) {
	const lines = b.plan.trimEnd().split("\n");
	const at = lines.findIndex((l) => l.startsWith(">"));
	const pre = el("pre", {}, lines.map((l, i) => el("span", { class: i === at ? "mark" : null }, `${l}\n`)));
	return el("details", { open: lines.length <= 24 }, el("summary", {}, lines[0] || "plan"), pre);
}

function lanesOf(c) {
	const said = new Map(c.verdicts.map((v) => [v.lane, v]));
	const row = (name, n, crossings) => {
		const v = said.get(name);
		said.delete(name);
		return el("tr", {}, el("td", {}, el("code", {}, name)),
			el("td", { class: "num" }, n === null ? "" : n ? plural(n, "bundle") : "not seen"),
			el("td", {}, v ? `${v.verdict} ${v.times}` : ""),
			el("td", { class: "num muted" }, crossings ? `${short(crossings)} crossings` : ""));
	};
	const rows = data.lanes.map((l, i) => row(l.lane, c.lanes[i], l.crossings));
	for (const name of [...said.keys()])
		rows.push(row(name, null, 0));
	return el("table", { class: "plain" }, el("tbody", {}, rows));
}

function verdictOf(c) {
	const words = [];
	if (c.replayed.endsWith("/0"))
		words.push("not replayed yet");
	else
		words.push(`replayed ${c.replayed}`, c.reference.endsWith("/0") ? "reference path not tried"
			: `plain go build ${c.reference}`);
	words.push(`seen ${plural(c.count, "time")}`, `${plural(c.kept, "bundle")} kept`);
	if (c.first_seen)
		words.push(c.first_seen === c.last_seen ? day(c.first_seen) : `${day(c.first_seen)} to ${day(c.last_seen)}`);
	return words.join(" · ");
}

function knownOf(c) {
	const link = /^https:\/\/[^\s"'<>]+$/.test(c.known) ? el("a", { href: c.known, rel: "noreferrer" }, c.known) : c.known;
	return el("p", { class: "known" }, "Known issue: ", link);
}

function clusterPage(c) {
	const b = c.of_bundle, known = b.case === null ? null : data.cases[b.case];
	return el("article", { class: "cluster", tabindex: "-1", "aria-label": `cluster ${c.id}` },
		el("p", { class: "chips" }, stateChip(c), guiltyChip(c), chip("", c.kind, "kind of fault"),
			c.weak ? chip("weak", "weak signature", "too little of the stack is known, or it was guessed") : null,
			c.label ? chip("label", c.label, "somebody's label") : null,
			c.archs ? c.archs.split(",").map((a) => chip("", a)) : null),
		el("h2", {}, el("span", { class: "id" }, c.id), " ", c.title),
		el("p", { class: "muted" }, verdictOf(c)),
		c.known ? knownOf(c) : null,
		c.guilty_text ? el("p", { class: "guilty" }, el("b", {}, "Guilty: "), c.guilty_text) : null,
		c.blame ? el("p", { class: "guilty" }, el("b", {}, "Decides: "), c.blame) : null,
		c.reduced ? el("p", {}, el("b", {}, "Reduced: "), `${plural(c.reduced.steps, "step")}, `
			+ `${plural(c.reduced.args, "argument")}, ${plural(c.reduced.leaves, "leaf", "leaves")} `,
			el("code", {}, `cgofuzz show ${c.reduced.word}`)) : null,
		section("Run next", commandsOf(c).map(commandRow)),
		b.fault ? section("Fault", el("pre", { class: "fault" }, b.fault.trimEnd())) : null,
		known ? section("Case", el("pre", { class: "case" }, pretty(known.text)),
			el("div", { class: "pictures" }, known.abis.map((a) => picture(a, b.leaf)))) : null,
		section("Stack, stitched", stackOf(c)),
		b.plan ? section("Plan", planOf(b)) : null,
		section("Lanes", lanesOf(c)),
		c.replays ? section("Replays", el("details", {}, el("summary", {}, "what each replay said"),
			el("pre", {}, c.replays.trimEnd()))) : null,
		section("Identity", el("pre", { class: "wrap" }, c.signature),
			el("details", {}, el("summary", {}, plural(c.kept, "bundle")), el("pre", {}, c.members.join("\n")
				+ (c.kept > c.members.length ? `\nand ${c.kept - c.members.length} more` : "")))));
}
