// What is said first: the verdict, what the snapshot is, its figures; then operators and roots.
import { label } from "./data.js";
import { el, section, shown, table, tip } from "./dom.js";
import { count, exact, grouped, share, size } from "./format.js";

function kindText(inspect) {
  const name = inspect["snapshot-name"] ?? inspect.snapshot;
  const kind = name === "unknown" ? "Snapshot of unknown kind" : name;
  const format = inspect["snapshot-format"];
  return `${shown(kind)}${format ? ` (${shown(format)})` : ""}, checkpoint ${inspect["checkpoint-id"]}`;
}

function readersText(inspect) {
  const oldest = inspect["oldest-flink"];
  const newest = inspect["newest-flink"];
  if (oldest === null) return "no released Flink reads it as it is";
  if (newest === null) return `read by Flink ${oldest} and later`;
  return newest === oldest ? `read by Flink ${oldest} only` : `read by Flink ${oldest} to ${newest}`;
}

/** The sums of a snapshot, as the tiles show them. */
export function sums(data, number) {
  const snapshot = data.snapshots[number];
  const { inspect } = snapshot;
  const own = snapshot.base.endsWith("/") ? snapshot.base : `${snapshot.base}/`;
  let outside = 0;
  let atOthers = 0;
  for (const file of data.filesOf(number)) {
    if (!data.directories[data.directory[file]].startsWith(own) && !(data.flags[file] & 1)) {
      outside += data.bytesIn(number, file);
      ++atOthers;
    }
  }
  const inline = inspect.operators.reduce((sum, op) => sum + op["inline-size-in-bytes"], 0);
  return { files: snapshot.files, bytes: snapshot.bytes, inline, outside, atOthers, operators: inspect.operators.length };
}

export function head(data, number) {
  const snapshot = data.snapshots[number];
  const { inspect } = snapshot;
  const because = inspect["oldest-flink-decided-by"]?.reason;
  return el("div", { class: `head ${inspect.verdict}` },
    el("h1", {}, el("span", { class: `verdict ${inspect.verdict}` }, inspect.verdict), " ", el("span", { class: "why" }, snapshot["verdict-text"])),
    el("p", { class: "place" }, el("code", {}, shown(inspect.file))),
    el("p", { class: "note" },
      `${kindText(inspect)} · format version ${inspect["format-version"]}, written by ${inspect["written-by"]} · `,
      because ? tip(el("span", {}, readersText(inspect)), [readersText(inspect), shown(because)]) : readersText(inspect)));
}

export function tiles(data, number) {
  const snapshot = data.snapshots[number];
  const all = sums(data, number);
  const tile = (name, value, under, title) =>
    el("div", { class: "tile", title }, el("dt", {}, name), el("dd", {}, value), el("dd", { class: "under" }, under));
  const least = snapshot["at-least"] ? "at least " : "";
  return el("dl", { class: "tiles" },
    tile("State files", least + size(all.bytes), count(all.files, "file"), exact(all.bytes)),
    tile("Outside its directory", size(all.outside), `${count(all.atOthers, "file")}, ${share(all.outside, all.bytes)}`, exact(all.outside)),
    tile("Inline state", size(all.inline), "in _metadata itself", exact(all.inline)),
    tile("Operators", grouped(all.operators), count(snapshot.inspect.operators.reduce((sum, op) => sum + op.subtasks, 0), "subtask")));
}

export function warnings(data, number) {
  const { inspect, ...snapshot } = data.snapshots[number];
  const said = [];
  if (inspect["inline-uris"] > 0) {
    said.push(`${count(inspect["inline-uris"], "inline byte array")} with storage URIs of user code; these are never rewritten.`);
  }
  if (snapshot["not-followed"] > 0) {
    said.push(`${count(snapshot["not-followed"], "location")} that nobody should follow, and that are not among the files: ${snapshot["not-followed-first"].map(shown).join(", ")}`);
  }
  return said.length > 0 ? el("ul", { class: "warnings" }, ...said.map((text) => el("li", {}, text))) : null;
}

export function operators(data, number, onOpen) {
  const most = 1000;
  const rows = [...data.snapshots[number].inspect.operators];
  const total = "operator-total-size-in-bytes";
  rows.sort((a, b) => b[total] - a[total]);
  const bytes = (title, key) => ({ title, number: true, cell: (row) => size(row[key]), tip: (row) => exact(row[key]) });
  const largest = Math.max(1, rows[0]?.[total] ?? 0);
  const bar = (row) => {
    const made = el("span", { class: "bar", "aria-hidden": "true" });
    made.style.width = row[total] > 0 ? `max(2px, ${(100 * row[total]) / largest}%)` : "0";
    return el("span", { class: "bar-place" }, made);
  };
  return section("operators", "Operators", "State as Flink counts it: a file that several handles share is counted by each.",
    table("Operators", [
      { title: "Operator", header: true, cell: (row) => el("button", { type: "button", class: "link", onClick: () => onOpen(row["operator-uid-hash"]) },
        shown(row["operator-name"] ?? row["operator-uid"] ?? "unnamed")) },
      { title: "UID", cell: (row) => shown(row["operator-uid"] ?? "–") },
      { title: "Hash", cell: (row) => el("code", {}, row["operator-uid-hash"].slice(0, 8)), tip: (row) => row["operator-uid-hash"] },
      { title: "Parallelism", number: true, cell: (row) => `${row["operator-parallelism"]} of ${row["operator-max-parallelism"]}`, tip: () => "parallelism of the largest one" },
      bytes("Coordinator", "operator-coordinator-state-size-in-bytes"),
      bytes("Inline", "inline-size-in-bytes"),
      bytes("State", total),
      { title: "Beside the largest", cell: bar },
    ], rows.slice(0, most)),
    rows.length > most ? el("p", { class: "note" }, `and ${count(rows.length - most, "smaller operator")}`) : null);
}

/** Where the files lie: what `inspect` calls roots, and the directories with the most bytes. */
export function roots(data, number) {
  const most = 12;
  const { inspect } = data.snapshots[number];
  const by = new Map();
  for (const file of data.filesOf(number)) {
    const known = by.get(data.directory[file]) ?? { files: 0, bytes: 0 };
    ++known.files;
    known.bytes += data.bytesIn(number, file);
    by.set(data.directory[file], known);
  }
  const directories = [...by].map(([at, sum]) => ({ uri: data.directories[at], ...sum })).sort((a, b) => b.bytes - a.bytes);
  const left = directories.length - most;
  return section("roots", "Roots", "The deepest directory that holds all absolute URIs of one store, and where the files lie.",
    inspect.roots.length > 0
      ? table("Roots of absolute URIs", [
        { title: "Root of absolute URIs", header: true, cell: (row) => el("code", {}, shown(row.uri)) },
        { title: "Locations", number: true, cell: (row) => grouped(row.locations) },
      ], inspect.roots)
      : el("p", {}, "No absolute URI: everything is relative or inline."),
    directories.length > 0
      ? table("Directories", [
        { title: "Directory", header: true, cell: (row) => el("code", {}, shown(row.uri)) },
        { title: "Files", number: true, cell: (row) => grouped(row.files) },
        { title: "Bytes", number: true, cell: (row) => size(row.bytes), tip: (row) => exact(row.bytes) },
      ], directories.slice(0, most))
      : null,
    left > 0 ? el("p", { class: "note" }, `and ${count(left, "more director")}`.replace(/directors?$/, left === 1 ? "directory" : "directories")) : null);
}

export function handles(data, number) {
  const rows = Object.entries(data.snapshots[number].inspect.handles);
  return section("handles", "Handles", null, table("Handles", [
    { title: "Kind", header: true, cell: ([name]) => el("code", {}, name) },
    { title: "Count", number: true, cell: ([, found]) => grouped(found) },
  ], rows));
}

export function picker(data, number, onPick) {
  if (data.snapshots.length < 2) return null;
  const options = data.snapshots.map((snapshot, at) => el("option", { value: String(at) }, label(snapshot)));
  const select = el("select", { id: "snapshot", onChange: ({ target }) => onPick(Number(target.value)) }, ...options);
  select.value = String(number);
  return el("label", { class: "picker" }, "Snapshot ", select);
}
