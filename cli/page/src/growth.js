// Several snapshots: how they grow, and what they share.
import { scaleBand, scaleLinear } from "d3-scale";
import { label } from "./data.js";
import { el, section, shown, svg, table, tip } from "./dom.js";
import { count, exact, grouped, share, size } from "./format.js";

const HEIGHT = 240;
const MARGIN = { top: 12, right: 8, bottom: 26, left: 76 };
// More columns than this have no room for a text in each cell.
const MOST_TEXTS = 16;
// More than a matrix can be looked at.
const MOST_CROSSED = 80;

/** What each snapshot has kept of the one before, what is new in it, and what it has left behind. */
function steps(data) {
  const all = data.kept();
  return data.snapshots.map((snapshot, at) => {
    const kept = all[at];
    const gone = at === 0 ? 0 : data.snapshots[at - 1].bytes - kept;
    return { snapshot, at, kept, fresh: snapshot.bytes - kept, gone };
  });
}

function chart(rows, width) {
  const top = Math.max(1, ...rows.map(({ snapshot }) => snapshot.bytes));
  // Ticks are round in the unit that they are told in.
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(top) / 10));
  const y = scaleLinear([0, top / unit], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const x = scaleBand(rows.map(({ at }) => at), [MARGIN.left, width - MARGIN.right]).padding(0.28);
  const bars = Math.min(x.bandwidth(), 72);
  const every = Math.ceil(rows.length / Math.max(1, Math.floor((width - MARGIN.left) / 72)));
  const drawing = svg("svg", {
    class: "chart", width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
    "aria-label": `Bytes of ${rows.length} snapshots; the table below has the figures.`,
  });
  for (const tick of y.ticks(4)) {
    const at = Math.round(y(tick)) + 0.5;
    drawing.append(
      svg("line", { class: "rule", x1: MARGIN.left - 6, x2: width - MARGIN.right, y1: at, y2: at }),
      svg("text", { class: "tick", x: MARGIN.left - 12, y: at + 4, "text-anchor": "end" }, size(tick * unit).replace(".0 ", " ")),
    );
  }
  for (const { snapshot, at, kept, fresh } of rows) {
    const left = x(at) + (x.bandwidth() - bars) / 2;
    const bar = (from, to, name) =>
      svg("rect", { class: name, x: left, width: bars, y: y(to / unit), height: Math.max(0, y(from / unit) - y(to / unit)) });
    const group = svg("g", {}, bar(0, kept, "kept"), bar(kept, kept + fresh, "fresh"),
      svg("rect", { class: "whole", x: x(at), width: x.bandwidth(), y: MARGIN.top, height: HEIGHT - MARGIN.top - MARGIN.bottom }));
    tip(group, [label(snapshot), exact(snapshot.bytes), `${size(kept)} kept from the one before`, `${size(fresh)} new`, count(snapshot.files, "file")]);
    drawing.append(group);
    if (at % every === 0) {
      drawing.append(svg("text", { class: "tick", x: x(at) + x.bandwidth() / 2, y: HEIGHT - 8, "text-anchor": "middle" }, label(snapshot)));
    }
  }
  return drawing;
}

export function growth(data, onPick) {
  const rows = steps(data);
  const place = el("div", { class: "chart-place" });
  new ResizeObserver(() => place.clientWidth > 0 && place.replaceChildren(chart(rows, place.clientWidth))).observe(place);
  const bytes = (title, of) => ({ title, number: true, cell: (row) => size(of(row)), tip: (row) => exact(of(row)) });
  return section("growth", "Growth", "What each snapshot needs: files that the one before needed, too, and new ones.",
    el("ul", { class: "legend" },
      el("li", {}, el("i", { class: "kept", "aria-hidden": "true" }), "kept from the one before"),
      el("li", {}, el("i", { class: "fresh", "aria-hidden": "true" }), "new")),
    place,
    table("Snapshots", [
      { title: "Snapshot", header: true, cell: ({ snapshot, at }) => el("button", { type: "button", class: "link", onClick: () => onPick(at) }, label(snapshot)) },
      { title: "Where", cell: ({ snapshot }) => el("code", {}, shown(snapshot.base)) },
      { title: "Files", number: true, cell: ({ snapshot }) => grouped(snapshot.files) },
      bytes("Bytes", ({ snapshot }) => snapshot.bytes),
      bytes("Kept", ({ kept }) => kept),
      bytes("New", ({ fresh }) => fresh),
      bytes("Left behind", ({ gone }) => gone),
      { title: "Verdict", cell: ({ snapshot }) => el("span", { class: `verdict ${snapshot.inspect.verdict}` }, snapshot.inspect.verdict) },
    ], rows));
}

/** How much of a row's snapshot its column needs, too. */
export function reuse(data) {
  const first = Math.max(0, data.snapshots.length - MOST_CROSSED);
  const matrix = data.shared(first);
  const names = data.snapshots.slice(first).map(label);
  const newest = first > 0 ? ` The newest ${MOST_CROSSED} snapshots.` : "";
  const withText = names.length <= MOST_TEXTS;
  const body = matrix.map((row, a) => el("tr", {},
    el("th", { scope: "row" }, names[a]),
    ...Array.from(row, (bytes, b) => {
      const part = row[a] > 0 ? bytes / row[a] : 0;
      const cell = el("td", { class: `heat heat-${Math.round(part * 8)}` },
        withText ? size(bytes) : el("span", { class: "unseen" }, size(bytes)));
      return tip(cell, [
        a === b ? `all of ${names[a]}` : `${names[a]} shares with ${names[b]}`, exact(bytes),
        ...(a === b ? [] : [`${share(bytes, row[a])} of ${names[a]}`]),
      ]);
    })));
  return section("reuse", "Shared files", "Bytes that two snapshots both need; a stronger colour is a larger part of the row’s snapshot." + newest,
    el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Bytes that snapshots share" },
      el("table", { class: "matrix" },
        el("caption", { class: "unseen" }, "Bytes that snapshots share"),
        el("thead", {}, el("tr", {}, el("td", {}), ...names.map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, ...body))));
}
