"use strict";
// A consultation: for every run a drawing of its tree, and below it a line with a bar of time for everybody.
(() => {
const page = JSON.parse(document.getElementById("page").textContent);
const MOST_AT_FIRST = 64; // lines that are open when the page is
const NARROW = 620;
const STEP = { x: 27, y: 46 };

const people = page.runs.map((run) => new Map(run.people.map((person) => [person.name, person])));
for (const run of page.runs) run.people.forEach((person) => { person.below = []; });
for (const run of page.runs) run.people.forEach((person) => {
  person.above = run.people[person.parent] || null;
  if (person.above) person.above.below.push(person);
  person.words = wordsOf(person).toLowerCase();
});
const open = new Set();
const found = page.runs.map(() => new Set());
let current = "q", pinned = false, beside = true;

function wordsOf(person) {
  const planted = person.planted === null ? "" : "planted claim " + person.planted;
  const facts = person.facts.flatMap(([label, text]) => [label, text]);
  const marks = person.marks.map((mark) => page.marks[mark]);
  return [person.name, page.fates[person.fate], ...marks, "level " + person.level, planted, ...facts].join(" ");
}

// ---- small makers ----

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SHAPES = {
  true: "M-9,0 A9,9 0 1 1 9,0 A9,9 0 1 1 -9,0 Z",
  misled: "M0,-11 L11,8 L-11,8 Z",
  planted: "M0,-12 L12,0 L0,12 L-12,0 Z",
  own: "M-9,-9 H9 V9 H-9 Z",
  attack: "M-5,-11 H5 L11,0 L5,11 H-5 L-11,0 Z",
};

const SIGNS = { // in the corners of a shape
  late: "M-15,9 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0 M-11,6.6 V9 H-9",
  hurried: "M8,4 L12,8 L8,12 M12,4 L16,8 L12,12",
  corrupted: "M-15,-10 a4.5,4.5 0 1 0 9,0 a4.5,4.5 0 1 0 -9,0 Z",
};

function signs(person) {
  return person.marks.map((mark) => draw("path", { class: "mark " + mark, d: SIGNS[mark] }));
}

function shape(fate) {
  return draw("path", { class: "shape", d: SHAPES[fate] || SHAPES.own });
}

function flag() {
  return draw("path", { class: "flag", d: "M8,-7 V-17 L15,-14 L8,-11 Z" });
}

function glyph(person) {
  const inside = [shape(person.fate), draw("text", { y: 1 }, String(person.answer))];
  if (person.planted !== null) inside.push(flag());
  inside.push(...signs(person));
  return draw("svg", { class: "glyph", width: 32, height: 25, viewBox: "-17 -17 35 31", "data-fate": person.fate, "aria-hidden": "true" }, ...inside);
}

// ---- what is open ----

function startOpen() {
  let level = [page.runs[0].people[0]], lines = 1;
  while (level.length) {
    const below = level.flatMap((person) => person.below);
    lines += below.length;
    if (lines > MOST_AT_FIRST) break;
    level.forEach((person) => open.add(person.name));
    level = below;
  }
}

function shown(run) {
  const lines = [];
  const walk = (person) => {
    lines.push(person);
    if (open.has(person.name)) person.below.forEach(walk);
  };
  walk(run.people[0]);
  return lines;
}

function beneath(person) {
  return person.below.reduce((sum, child) => sum + 1 + beneath(child), 0);
}

// ---- the drawing of a tree ----

function place(root) {
  const spots = new Map();
  let next = 0;
  const walk = (person, depth) => {
    const children = open.has(person.name) ? person.below : [];
    children.forEach((child) => walk(child, depth + 1));
    const columns = children.map((child) => spots.get(child).column);
    const column = columns.length ? (columns[0] + columns[columns.length - 1]) / 2 : next++;
    spots.set(person, { column, depth });
  };
  walk(root, 0);
  return { spots, columns: next };
}

function drawing(run, number) {
  const { spots, columns } = place(run.people[0]);
  const rows = Math.max(...[...spots.values()].map((spot) => spot.depth)) + 1;
  const width = Math.max(columns * STEP.x, 60), height = rows * STEP.y + 8;
  const where = (person) => [(spots.get(person).column + 0.5) * STEP.x + (columns === 1 ? 16 : 0), spots.get(person).depth * STEP.y + 24];
  const picture = draw("svg", { viewBox: `-5 0 ${width + 10} ${height}`, width, height, role: "img",
    "aria-label": `Tree of ${run.title}; the list below says the same` });
  picture.style.minWidth = 0.75 * width + "px";
  for (const person of spots.keys()) {
    if (!person.above) continue;
    const [x, y] = where(person), [up, top] = where(person.above);
    picture.prepend(draw("path", { class: "edge" + (person.fate === "true" ? "" : " false") + (person.marks.includes("late") ? " late" : ""), d: `M${up},${top} C${up},${top + 24} ${x},${y - 24} ${x},${y}` }));
  }
  for (const person of spots.keys()) {
    const [x, y] = where(person);
    const node = draw("g", { class: "node", transform: `translate(${x},${y})`, "data-fate": person.fate, "data-name": person.name, "data-run": number },
      shape(person.fate), draw("text", { y: person.fate === "misled" ? 2 : 1 }, String(person.answer)));
    if (person.planted !== null) node.append(flag());
    node.append(...signs(person));
    if (person.below.length && !open.has(person.name)) node.append(draw("text", { class: "more", y: 19 }, "+" + beneath(person)));
    picture.append(node);
  }
  return make("div", { class: "drawing" }, picture);
}

// ---- the timeline ----

const finish = Math.max(...page.runs.flatMap((run) => run.people.flatMap((person) => person.segments.map((segment) => segment[2]))), 1e-9);

function tick() {
  const rough = finish / 5, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= rough);
}

function axis() {
  const step = tick(), marks = [];
  for (let at = 0; at <= finish * 0.97; at += step) {
    const mark = make("span", {}, `${+at.toPrecision(6)}${at ? "" : " min"}`);
    mark.style.left = 100 * at / finish + "%";
    marks.push(mark);
  }
  return make("div", { class: "axis", "aria-hidden": "true" }, ...marks);
}

function bar(person) {
  const times = make("span", { class: "times" });
  for (const [kind, from, to] of person.segments) {
    const segment = make("span", { class: "segment", "data-segment": kind });
    segment.style.left = 100 * from / finish + "%";
    segment.style.width = 100 * (to - from) / finish + "%";
    times.append(segment);
  }
  return times;
}

function line(person, number, deep) {
  const folds = person.below.length > 0;
  const label = make("span", { class: "label" },
    make("span", { class: "fold", "aria-hidden": "true" }, folds ? (open.has(person.name) ? "▾" : "▸") : ""),
    glyph(person), make("span", { class: "name" }, person.name));
  label.style.setProperty("--deep", deep);
  const told = [...person.facts.map(([name, text]) => `${name}: ${text}`)].join("; ");
  const row = make("div", { class: "person", role: "treeitem", "aria-level": deep + 1, "aria-label": `${person.name}. ${told}`,
    tabindex: "-1", "data-name": person.name, "data-run": number, "data-fate": person.fate }, label, bar(person));
  if (folds) row.setAttribute("aria-expanded", String(open.has(person.name)));
  return row;
}

function depthOf(person) {
  return person.name.split(".").length - 1;
}

function labelWidth(run) {
  const narrow = innerWidth < NARROW;
  const needed = Math.max(...shown(run).map((person) => 54 + depthOf(person) * (narrow ? 7 : 11) + person.name.length * 7.5));
  return Math.min(needed, narrow ? 170 : 300) + "px";
}

function panel(run, number) {
  const lines = shown(run).map((person) => line(person, number, depthOf(person)));
  const list = make("div", { role: "tree", "aria-label": `Everybody, ${run.title}` }, ...lines);
  const held = make("div", { class: "people" }, axis(), list);
  held.style.setProperty("--label", labelWidth(run));
  held.style.setProperty("--tick", 100 * tick() / finish + "%");
  return make("section", { class: "run", "aria-label": run.title }, make("h2", {}, run.title),
    ...run.summary.map((text) => make("p", {}, text + ".")), drawing(run, number), held);
}

// ---- the page as it stands ----

const runs = document.getElementById("runs");
const card = document.getElementById("card");

function render() {
  const active = document.activeElement && document.activeElement.closest && document.activeElement.closest(".person");
  const focus = active && { run: active.dataset.run, name: active.dataset.name };
  runs.toggleAttribute("data-beside", beside);
  runs.replaceChildren(...page.runs.slice(0, beside ? undefined : 1).map(panel));
  mark();
  if (focus) (lineOf(focus.run, focus.name) || lineOf(focus.run, current))?.focus();
}

function lineOf(run, name) {
  return runs.querySelector(`.person[data-run="${run}"][data-name="${name}"]`);
}

function mark() {
  const searching = document.getElementById("search").value.trim() !== "";
  for (const element of runs.querySelectorAll("[data-name]")) {
    const hit = found[element.dataset.run].has(element.dataset.name);
    element.classList.toggle("current", !card.hidden && element.dataset.name === current);
    element.classList.toggle("match", searching && hit);
    element.classList.toggle("dim", searching && !hit);
    if (element.classList.contains("person")) element.tabIndex = element.dataset.name === current ? 0 : -1;
  }
  if (!runs.querySelector('.person[tabindex="0"]')) runs.querySelectorAll('.person[data-name="q"]').forEach((row) => { row.tabIndex = 0; });
}

function toggle(name) {
  if (!people[0].get(name).below.length) return;
  if (!open.delete(name)) open.add(name);
  render();
}

// ---- the card ----

function columns(name) {
  return page.runs.map((run, number) => ({ title: run.title, person: people[number].get(name) })).filter((one) => one.person);
}

function called(claim, person) {
  return claim + (person.truth === claim ? " true" : "") + (person.planted === claim ? " planted" : "");
}

function signed(value) {
  return value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
}

function beliefs(name, number) {
  const both = columns(name), person = people[number].get(name);
  const heads = ["claim", "appeal v", "thought x₁", ...both.map((one) => `belief ${one.title.replaceAll(" ", "\u00a0")}`)];
  const cells = (kind, texts) => texts.map((text, column) => make(kind, column ? { class: "number" } : {}, text));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...cells("th", heads))));
  const body = table.createTBody();
  person.appeal.forEach((appeal, claim) => {
    const believed = both.map((one) => `${(100 * one.person.belief[claim]).toFixed(1)} %${one.person.answer === claim ? " ◂" : ""}`);
    const texts = [called(claim, person), signed(appeal), signed(person.thought[claim]), ...believed];
    body.append(make("tr", person.answer === claim ? { class: "answered" } : {}, ...cells("td", texts)));
  });
  return make("div", { class: "scroll whole" }, table);
}

function tell(number, name, at) {
  const person = people[number].get(name);
  current = name;
  const close = make("button", { type: "button", "aria-label": "Close" }, "×");
  close.addEventListener("click", hide);
  const list = make("dl");
  for (const [label, text] of person.facts) list.append(make("dt", {}, label), make("dd", {}, text));
  const hint = "Appeal and the argument its own thought finds, in noise units; belief: the chance of answering so, given what was in hand in that run; ◂ the answer given.";
  card.replaceChildren(make("h3", {}, `${name} · level ${person.level} · ${page.runs[number].title}`, close), list, beliefs(name, number), make("p", { class: "hint" }, hint));
  card.hidden = false;
  card.toggleAttribute("data-pinned", pinned);
  settle(at);
  mark();
}

function settle(at) {
  if (innerWidth <= NARROW) return;
  const { width, height } = card.getBoundingClientRect();
  const right = at.x + 18 + width < innerWidth ? at.x + 18 : Math.max(8, at.x - 18 - width);
  card.style.left = right + "px";
  card.style.top = Math.max(8, Math.min(at.y + 14, innerHeight - height - 8)) + "px";
}

function hide() {
  pinned = false;
  card.hidden = true;
  card.removeAttribute("data-pinned");
  mark();
}

function corner(element) {
  const box = element.getBoundingClientRect();
  return { x: Math.min(box.left + 180, innerWidth), y: box.bottom };
}

// ---- search ----

function search() {
  const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  page.runs.forEach((run, number) => {
    found[number].clear();
    if (!words.length) return;
    for (const person of run.people) {
      if (!words.every((word) => person.words.includes(word))) continue;
      found[number].add(person.name);
      for (let above = person.above; above; above = above.above) open.add(above.name);
    }
  });
  const count = page.runs.slice(0, beside ? undefined : 1).map((run, number) => `${found[number].size} (${run.title})`);
  document.getElementById("found").textContent = words.length ? "found: " + count.join(", ") : "";
  render();
}

function next() {
  const hit = [...runs.querySelectorAll(".person.match")];
  if (!hit.length) return;
  const place = hit.findIndex((row) => row === document.activeElement);
  hit[(place + 1) % hit.length].focus();
}

// ---- the numbers ----

function csv() {
  const quoted = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
  const kinds = Object.keys(page.segments);
  const heads = ["run", "name", "level", "answer", "truth", "planted", "supported", "fate", "marks", ...kinds.map((kind) => kind + "_minutes"), "finish_minutes"];
  const lines = page.runs.flatMap((run) => run.people.map((person) => {
    const spent = kinds.map((kind) => person.segments.filter((one) => one[0] === kind).reduce((sum, one) => sum + one[2] - one[1], 0).toFixed(4));
    const last = Math.max(...person.segments.map((one) => one[2]), 0);
    return [run.title, person.name, person.level, person.answer, person.truth, person.planted, person.supported, person.fate, person.marks.join(" "), ...spent, last];
  }));
  save(page.name + ".csv", "text/csv;charset=utf-8", "\ufeff" + [heads, ...lines].map((row) => row.map(quoted).join(",")).join("\n") + "\n");
}

function save(name, type, content) {
  const link = make("a", { download: name });
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// ---- the trees as pictures ----

const LOOKS = ["display", "fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "text-anchor", "dominant-baseline"];

function standing(picture) {
  const copy = picture.cloneNode(true), originals = picture.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((one, place) => {
    const looks = getComputedStyle(originals[place]);
    one.setAttribute("style", LOOKS.map((name) => `${name}:${looks.getPropertyValue(name)}`).join(";"));
  });
  const { x, y, width, height } = picture.viewBox.baseVal;
  copy.removeAttribute("style");
  copy.prepend(draw("rect", { x, y, width, height, fill: getComputedStyle(document.body).backgroundColor }));
  return new XMLSerializer().serializeToString(copy);
}

function pictures() {
  runs.querySelectorAll(".drawing > svg").forEach((picture, number) =>
    save(page.name + (number ? "-" + (number + 1) : "") + ".svg", "image/svg+xml", standing(picture)));
}

// ---- what the reader does ----

runs.addEventListener("pointermove", (event) => {
  const over = event.target.closest("[data-name]");
  if (pinned || event.pointerType === "touch") return;
  if (over) tell(over.dataset.run, over.dataset.name, { x: event.clientX, y: event.clientY });
  else if (!runs.contains(document.activeElement)) hide();
});
runs.addEventListener("pointerleave", () => { if (!pinned) hide(); });
runs.addEventListener("focusin", (event) => {
  const row = event.target.closest(".person");
  if (row && !pinned && row.matches(":focus-visible")) tell(row.dataset.run, row.dataset.name, corner(row));
});
runs.addEventListener("click", (event) => {
  const over = event.target.closest("[data-name]");
  if (!over) return;
  const { run, name } = over.dataset;
  if (event.target.closest(".fold") && people[0].get(name).below.length) {
    hide();
    toggle(name);
    return;
  }
  pinned = true;
  tell(run, name, { x: event.clientX, y: event.clientY });
});
runs.addEventListener("dblclick", (event) => {
  const over = event.target.closest("[data-name]");
  if (over) { hide(); toggle(over.dataset.name); }
});
runs.addEventListener("keydown", (event) => {
  const row = event.target.closest(".person");
  if (!row) return;
  const { run, name } = row.dataset, person = people[run].get(name);
  const rows = [...row.parentElement.children], at = rows.indexOf(row);
  const go = (to) => { if (to) { pinned = false; to.focus(); } };
  const keys = {
    ArrowDown: () => go(rows[at + 1]),
    ArrowUp: () => go(rows[at - 1]),
    Home: () => go(rows[0]),
    End: () => go(rows[rows.length - 1]),
    ArrowRight: () => (person.below.length && !open.has(name) ? toggle(name) : person.below.length && go(rows[at + 1])),
    ArrowLeft: () => (open.has(name) && person.below.length ? toggle(name) : person.above && go(lineOf(run, person.above.name))),
    Enter: () => { pinned = !pinned; tell(run, name, corner(row)); },
    " ": () => toggle(name),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
document.addEventListener("click", (event) => { if (pinned && !card.contains(event.target) && !event.target.closest("[data-name]")) hide(); });
document.getElementById("search").addEventListener("input", search);
document.getElementById("search").addEventListener("keydown", (event) => { if (event.key === "Enter") next(); });
document.getElementById("expand").addEventListener("click", () => { page.runs[0].people.forEach((person) => person.below.length && open.add(person.name)); render(); });
document.getElementById("collapse").addEventListener("click", () => { open.clear(); hide(); render(); });
document.getElementById("beside").addEventListener("click", (event) => {
  beside = !beside;
  event.target.setAttribute("aria-pressed", String(beside));
  search();
});
document.getElementById("csv").addEventListener("click", csv);
document.getElementById("svg").addEventListener("click", pictures);
let wide = innerWidth < NARROW, pause = 0;
addEventListener("resize", () => {
  clearTimeout(pause);
  pause = setTimeout(() => { if (wide !== innerWidth < NARROW) { wide = innerWidth < NARROW; render(); } }, 120);
});
for (const key of document.querySelectorAll(".key[data-fate]"))
  key.append(draw("svg", { width: 26, height: 18, viewBox: "-16 -13 32 26", "data-fate": key.dataset.fate }, shape(key.dataset.fate)));
for (const key of document.querySelectorAll(".key[data-mark]"))
  key.append(draw("svg", { width: 26, height: 20, viewBox: "-19 -14 38 30" },
    draw("circle", { r: 9, class: "edge" }), draw("path", { class: "mark " + key.dataset.mark, d: SIGNS[key.dataset.mark] })));

startOpen();
render();
document.documentElement.dataset.drawn = "yes";
})();
