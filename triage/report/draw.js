/* draw.js: the page of a report. Elements, the chart of clusters over time, bars of cover, ABI pictures. Whatever
 * comes from the data becomes text of a node: nothing here makes markup of it. */
async function unpack(text) {
	const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}
const data = await unpack(document.getElementById("data").textContent);

function el(tag, attrs, ...children) {
	const svg = ["svg", "path", "line", "text", "circle", "title"].includes(tag);
	const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag)
		: document.createElement(tag);
	for (const [name, value] of Object.entries(attrs || {})) {
		if (name.startsWith("on"))
			e.addEventListener(name.slice(2), value);
		else if (value !== null && value !== false)
			e.setAttribute(name, value === true ? "" : value);
	}
	e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined));
	return e;
}

const count = (n) => n.toLocaleString("en");
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + "s"}`;
const chip = (kind, text, about) => el("span", { class: `chip ${kind}`, title: about || null }, text);
const day = (t) => t.replace("T", " ").replace(/Z$/, "");

function short(n) {
	for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]])
		if (n >= size)
			return `${(n / size).toPrecision(3)} ${unit}`;
	return String(n);
}

function span(seconds) {
	const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
	for (let i = 0; i < units.length; i++) {
		const [unit, size] = units[i];
		if (seconds < size && unit !== "s")
			continue;
		const whole = Math.floor(seconds / size), rest = Math.floor(seconds % size);
		return rest && i + 1 < units.length && unit !== "min"
			? `${whole} ${unit} ${Math.floor(rest / units[i + 1][1])} ${units[i + 1][0]}`
			: `${whole} ${unit}`;
	}
	return "0 s";
}

/* How many clusters had been seen by when: all, and those that are news. */
function chart(clusters) {
	const seen = clusters.filter((c) => c.first_seen).map((c) => [Date.parse(c.first_seen), c])
		.filter(([t]) => !Number.isNaN(t)).sort((a, b) => a[0] - b[0]);
	if (!seen.length)
		return el("p", { class: "muted" }, "No cluster says when it was seen.");
	const begun = Date.parse(data.campaign.started);
	const from = Math.min(seen[0][0], Number.isNaN(begun) ? Infinity : begun);
	const last = Math.max(...clusters.map((c) => Date.parse(c.last_seen)).filter((t) => !Number.isNaN(t)));
	const to = Math.max(last, from + 1000 * data.campaign.elapsed_s, from + 1000);
	const W = 640, H = 170, left = 36, right = 70, top = 14, bottom = 24;
	const x = (t) => left + (W - left - right) * (t - from) / (to - from);
	const y = (n) => H - bottom - (H - top - bottom) * n / seen.length;
	const all = seen.length, fresh = seen.filter(([, c]) => c.state === "new").length;
	const line = (kind, keep) => {
		let n = 0, d = `M${x(from)} ${y(0)}`;
		for (const [t, c] of seen)
			if (keep(c))
				d += `H${x(t).toFixed(1)}V${y(++n).toFixed(1)}`;
		return el("path", { class: `line ${kind}`, d: `${d}H${x(to).toFixed(1)}` });
	};
	const label = (n, text, kind, dy) =>
		el("text", { x: W - right + 6, y: y(n) + dy, class: `label ${kind}` }, text);
	const close = Math.abs(y(all) - y(fresh)) < 14;
	return el("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", class: "chart",
			"aria-label": `${plural(all, "cluster")} over ${span((to - from) / 1000)}, ${fresh} of them new` },
		el("line", { x1: left, y1: y(0), x2: W - right, y2: y(0), class: "axis" }),
		el("line", { x1: left, y1: y(all), x2: W - right, y2: y(all), class: "grid" }),
		el("text", { x: left - 6, y: y(0) + 4, class: "tick end" }, "0"),
		el("text", { x: left - 6, y: y(all) + 4, class: "tick end" }, String(all)),
		el("text", { x: left, y: H - 6, class: "tick" }, day(new Date(from).toISOString().slice(0, 19))),
		el("text", { x: W - right, y: H - 6, class: "tick end" }, `+ ${span((to - from) / 1000)}`),
		line("all", () => true), line("fresh", (c) => c.state === "new"),
		label(all, `all ${all}`, "all", close && all >= fresh ? -2 : 4),
		label(fresh, `new ${fresh}`, "fresh", close ? 12 : 4));
}

function bar(reached, reachable, words) {
	const part = reachable ? reached / reachable : 0;
	return el("div", { class: "bar" },
		el("div", { class: "bar-track" },
			el("div", { class: "bar-fill", style: `width:${(100 * part).toFixed(1)}%` })),
		el("span", {}, `${count(reached)} of ${count(reachable)} ${words}, ${(100 * part).toFixed(1)} %`));
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const letter = (n) => letters[n % letters.length];

/* Places as a call uses them: registers as they come, the stack upwards, then what comes back. */
function places(abi) {
	const rows = new Map();
	let n = 0;
	abi.values.forEach((value, index) => {
		for (const [leaf, ...pieces] of value.leaves) {
			const mark = letter(n++);
			for (const [place, byte, size, bit, bits] of pieces) {
				const back = value.name === "result" && !value.byref;
				const key = `${back ? "back " : ""}${value.byref ? `${value.name} ` : ""}${place}`;
				const row = rows.get(key) || { place, value, back, byref: value.byref, cells: [], holds: [],
					stack: place.startsWith("sp+") };
				rows.set(key, row);
				row.holds.push({ leaf, mark, index, byte, size, bit, bits });
				for (let i = byte; i < byte + size; i++)
					row.cells[i] = row.cells[i] ? { mark: "#", index, leaves: [...row.cells[i].leaves, leaf] }
						: { mark, index, leaves: [leaf] };
			}
		}
	});
	const at = (row) => row.back ? 1e9 : row.stack ? Number(row.place.slice(3)) : -1;
	return [...rows.values()].sort((a, b) => at(a) - at(b));
}

function where(h) {
	if (h.bits)
		return `bits ${8 * h.byte + h.bit}-${8 * h.byte + h.bit + h.bits - 1}`;
	return h.size === 1 ? `byte ${h.byte}` : `bytes ${h.byte}-${h.byte + h.size - 1}`;
}

/* One row a register or stack slot; a cell is a byte, the least significant first. */
function picture(abi, failing) {
	const body = places(abi).map((row) => {
		const wide = Math.max(row.cells.length, row.byref ? row.value.size
			: /^(xmm|v|st)/.test(row.place) ? 16 : 8);
		const cells = [];
		for (let i = 0; i < Math.min(wide, 64); i++) {
			const c = row.cells[i];
			const bad = c && c.leaves.includes(failing);
			cells.push(el("i", { class: c ? `v${c.index % 6}${bad ? " bad" : ""}` : "pad" }, c ? c.mark : "."));
		}
		return el("tr", {},
			el("th", { scope: "row" }, row.place, row.back ? el("small", {}, " back") : null, row.byref ? el("small", {}, ` → ${row.value.size} B in memory`) : null),
			el("td", { class: "cells", "aria-hidden": "true" }, cells, wide > 64 ? "…" : null),
			el("td", {}, row.holds.map((h, i) => [i ? ", " : null,
				el("span", { class: h.leaf === failing ? "failing" : null },
					el("b", {}, h.mark), ` ${h.leaf} `, el("small", {}, where(h)),
					h.leaf === failing ? " ← fails" : null)])));
	});
	const left = abi.values.reduce((n, v) => n + v.left_out, 0);
	return el("figure", { class: "picture" },
		el("figcaption", {}, el("b", {}, abi.arch), ` by ${{ arm64: "AAPCS64", amd64: "the System V psABI" }[abi.arch] || "its document"}`,
			abi.stack_bytes ? `, ${abi.stack_bytes} bytes of arguments on the stack` : ", no arguments on the stack",
			left ? `; ${plural(left, "leaf", "leaves")} not drawn` : ""),
		body.length ? el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, "place"),
			el("th", {}, "bytes, lowest first"), el("th", {}, "holds"))), el("tbody", {}, body))
			: el("p", { class: "muted" }, "Nothing is passed."));
}
