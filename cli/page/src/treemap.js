// Bytes by operator, role and file. One stop of the tab key: arrows go over what lies on the uppermost level, Enter
// opens it, Escape goes back.
import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import { el, section, shown, tip } from "./dom.js";
import { count, exact, share, size } from "./format.js";

const HEADING = 22;
// Files of one role that are drawn one by one; smaller ones are drawn together.
const MOST_FILES = 300;
const SMALLEST = 1 / 1500;
const INLINE = "inline in _metadata";

/** Which of the eight colours a role has. */
const colours = {
  "incremental-shared": 0, "incremental-private": 1, "incremental-meta": 2, "managed-keyed": 3, "raw-keyed": 3,
  "managed-operator": 4, "raw-operator": 4, changelog: 5, "input-channel": 6, "result-subpartition": 6,
};
const colourOf = (role) => colours[role] ?? 7;

/** The tree of a snapshot: operators, roles, files. */
function treeOf(data, snapshot) {
  const operators = new Map();
  const roleOf = (name, key, role) => {
    if (!operators.has(key)) operators.set(key, { name, roles: new Map() });
    const { roles } = operators.get(key);
    if (!roles.has(role)) roles.set(role, { name: role, files: [], bytes: 0 });
    return roles.get(role);
  };
  for (const file of data.filesOf(snapshot)) {
    const op = data.operator[file];
    const role = roleOf(data.operatorText(op), op < 0 ? "" : data.operators[op].hash, data.roleText(data.role[file]));
    role.files.push(file);
    role.bytes += data.bytesIn(snapshot, file);
  }
  for (const op of data.snapshots[snapshot].inspect.operators) {
    const inline = op["inline-size-in-bytes"];
    if (inline === 0) continue;
    const name = op["operator-name"] ?? op["operator-uid"] ?? op["operator-uid-hash"];
    roleOf(name, op["operator-uid-hash"], INLINE).bytes += inline;
  }
  return [...operators].map(([key, { name, roles }]) => ({ key, name, roles: [...roles.values()] }));
}

/** The leaves of a role: its large files, and one for all others. */
function leaves(data, snapshot, role, whole) {
  if (role.files.length === 0) return [{ kind: "inline", name: INLINE, role: role.name, bytes: role.bytes }];
  const bytes = (file) => data.bytesIn(snapshot, file);
  const large = role.files.filter((file) => bytes(file) > whole * SMALLEST);
  large.sort((a, b) => bytes(b) - bytes(a));
  large.length = Math.min(large.length, MOST_FILES);
  const drawn = large.map((file) => ({ kind: "file", file, name: data.name[file], role: role.name, bytes: bytes(file) }));
  const rest = role.bytes - drawn.reduce((sum, leaf) => sum + leaf.bytes, 0);
  const left = role.files.length - drawn.length;
  if (rest > 0) drawn.push({ kind: "rest", name: count(left, "smaller file"), role: role.name, bytes: rest, files: left });
  return drawn;
}

export class Treemap {
  #data;
  #onFile;
  #box = el("div", { class: "treemap", role: "group", "aria-label": "Map of bytes. Arrow keys move, Enter opens, Escape goes back." });
  #trail = el("nav", { class: "trail", "aria-label": "Where the map is" });
  #legend = el("ul", { class: "legend", "aria-label": "Colours of roles" });
  #operators = [];
  #path = [];
  #width = 0;

  constructor(data, onFile) {
    this.#data = data;
    this.#onFile = onFile;
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#box.clientWidth !== this.#width && this.#draw()).observe(this.#box);
  }

  section() {
    return section("map", "Where the bytes are", "By operator, role and file; a file that several handles share counts once. Click or press Enter to zoom in.",
      this.#trail, this.#box, this.#legend);
  }

  show(snapshot) {
    this.snapshot = snapshot;
    this.#operators = treeOf(this.#data, snapshot);
    this.#path = [];
    this.#draw();
  }

  /** Opens an operator (by hash, "" for none) and maybe one of its roles. */
  open(key, role) {
    this.#path = role ? [key, role] : [key];
    this.#draw();
  }

  #tree() {
    const whole = this.#operators.flatMap(({ roles }) => roles).reduce((sum, role) => sum + role.bytes, 0);
    const [key, roleName] = this.#path;
    const operators = this.#operators
      .filter((op) => key === undefined || op.key === key)
      .map((op) => ({
        kind: "operator", name: op.name, key: op.key,
        roles: op.roles.filter(({ name }) => roleName === undefined || name === roleName),
      }));
    const drawn = operators.flatMap(({ roles }) => roles).reduce((sum, role) => sum + role.bytes, 0);
    const nodes = operators.map((op) => ({
      ...op,
      children: op.roles.map((role) => ({
        kind: "role", name: role.name, role: role.name, key: op.key, files: role.files.length,
        children: leaves(this.#data, this.snapshot, role, drawn),
      })),
    }));
    let top = { kind: "all", name: "All operators", children: nodes };
    if (key !== undefined && nodes.length > 0) top = nodes[0];
    if (roleName !== undefined && top.children?.length > 0) top = top.children[0];
    return { whole, top };
  }

  #draw() {
    this.#width = this.#box.clientWidth;
    if (this.snapshot === undefined || this.#width === 0) return;
    const { whole, top } = this.#tree();
    const root = hierarchy(top).sum((node) => (node.children ? 0 : node.bytes)).sort((a, b) => b.value - a.value);
    treemap()
      .tile(treemapSquarify.ratio(1.3))
      .size([this.#width, this.#box.clientHeight])
      .paddingOuter((node) => (node.depth === 0 ? 0 : 3))
      .paddingTop((node) => (node.depth === 0 ? 0 : HEADING))
      .paddingInner(2)
      .round(true)(root);
    const cells = root.descendants().filter((node) => node.depth > 0 && node.x1 - node.x0 >= 2 && node.y1 - node.y0 >= 2);
    this.#box.replaceChildren(...cells.map((node) => this.#cell(node, whole)));
    if (root.value === 0) this.#box.append(el("p", { class: "empty" }, "No bytes: neither files nor inline state."));
    this.#box.querySelector("button.first")?.setAttribute("tabindex", "0");
    this.#drawTrail(root, whole);
    this.#drawLegend(cells);
  }

  #cell(node, whole) {
    const { data } = node;
    const width = node.x1 - node.x0;
    const height = node.y1 - node.y0;
    const text = shown(data.name);
    const files = node.leaves().reduce((sum, leaf) => sum + (leaf.data.files ?? (leaf.data.kind === "file" ? 1 : 0)), 0);
    const about = [size(node.value), share(node.value, whole) + " of the snapshot"];
    if (data.kind !== "file" && data.kind !== "inline") about.push(count(files, "file"));
    const colour = data.kind === "operator" ? "group" : `role-${data.kind === "inline" ? "inline" : data.role === INLINE ? "inline" : colourOf(data.role)}`;
    const cell = el("button", {
      type: "button", tabindex: "-1", "data-kind": data.kind,
      class: `cell ${data.kind} ${colour}${node.depth === 1 ? " first" : ""}`,
      "aria-label": `${text} ${about.join(", ")}`,
      onClick: (event) => this.#enter(node, event.detail === 0),
    });
    Object.assign(cell.style, { left: `${node.x0}px`, top: `${node.y0}px`, width: `${width}px`, height: `${height}px` });
    if (width > 60 && height >= (node.children ? 16 : 18)) {
      cell.append(el("span", { class: "what" }, text));
      if (node.children ? width > 150 : height > 36) cell.append(" ", el("span", { class: "much" }, size(node.value)));
    }
    const lines = [text, exact(node.value), ...about.slice(1)];
    if (data.kind === "file") lines.push(data.role, shown(this.#data.directories[this.#data.directory[data.file]]));
    cell.node = node;
    return tip(cell, lines);
  }

  #drawTrail(root, whole) {
    const [key, role] = this.#path;
    const steps = [{ name: "All operators", path: [] }];
    if (key !== undefined) steps.push({ name: this.#operators.find((op) => op.key === key)?.name ?? key, path: [key] });
    if (role !== undefined) steps.push({ name: role, path: [key, role] });
    this.#trail.replaceChildren(
      el("ol", {}, ...steps.map(({ name, path }, at) => at === steps.length - 1
        ? el("li", { "aria-current": "location" }, shown(name))
        : el("li", {}, el("button", { type: "button", class: "link", onClick: () => this.#go(path) }, shown(name))))),
      el("span", { class: "much", title: exact(root.value) }, `${size(root.value)}, ${share(root.value, whole)}`),
    );
  }

  #drawLegend(cells) {
    const roles = new Map();
    for (const { data } of cells) if (data.role) roles.set(data.role, data.role === INLINE ? "inline" : colourOf(data.role));
    this.#legend.replaceChildren(...[...roles].sort().map(([role, colour]) =>
      el("li", {}, el("i", { class: `role-${colour}`, "aria-hidden": "true" }), role)));
  }

  #go(path) {
    this.#path = path;
    this.#draw();
    this.#box.querySelector("button.first")?.focus();
  }

  #enter(node, byKey) {
    const { data } = node;
    if (data.kind === "file") return this.#onFile({ file: data.file });
    if (data.kind === "operator" || data.kind === "role") {
      const from = [node.x0, node.y0, node.x1, node.y1];
      this.#path = data.kind === "operator" ? [data.key] : [data.key, data.role];
      this.#draw();
      this.#grow(from);
      if (byKey) this.#box.querySelector("button.first")?.focus();
    } else if (data.kind === "rest") {
      this.#onFile({ key: node.parent.data.key, role: data.role });
    }
  }

  /** What was opened grows to its new size. */
  #grow([x0, y0, x1, y1]) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const { clientWidth: width, clientHeight: height } = this.#box;
    const small = `translate(${x0}px, ${y0}px) scale(${(x1 - x0) / width}, ${(y1 - y0) / height})`;
    for (const cell of this.#box.children) {
      cell.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 160, easing: "ease-out" });
    }
    const shade = el("div", { class: "shade", "aria-hidden": "true" });
    this.#box.append(shade);
    shade.animate([{ transform: small, opacity: 0.5 }, { transform: "none", opacity: 0 }], { duration: 200, easing: "ease-out" })
      .finished.finally(() => shade.remove());
  }

  #key(event) {
    const cells = [...this.#box.querySelectorAll("button.first")];
    const now = document.activeElement;
    const at = cells.indexOf(now);
    if ((event.key === "Escape" || event.key === "Backspace") && this.#path.length > 0) {
      event.preventDefault();
      return this.#go(this.#path.slice(0, -1));
    }
    if (at < 0) return undefined;
    const next = { Home: cells[0], End: cells.at(-1) }[event.key] ?? neighbour(now, cells, event.key);
    if (!next) return undefined;
    event.preventDefault();
    now.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    return next.focus();
  }
}

/** The cell that lies nearest in an arrow's direction. */
function neighbour(from, cells, key) {
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const direction = directions[key];
  if (!direction) return null;
  const middle = ({ node }) => [(node.x0 + node.x1) / 2, (node.y0 + node.y1) / 2];
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const cell of cells) {
    if (cell === from) continue;
    const [cx, cy] = middle(cell);
    const along = (cx - x) * direction[0] + (cy - y) * direction[1];
    if (along <= 0) continue;
    const aside = Math.abs((cx - x) * direction[1]) + Math.abs((cy - y) * direction[0]);
    if (along + 2 * aside < least) {
      least = along + 2 * aside;
      best = cell;
    }
  }
  return best;
}
