// The table of all files: only the rows in sight exist, and order and filter are lists of numbers.
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { AT_LEAST, SEGMENTS, label } from "./data.js";
import { el, section, shown } from "./dom.js";
import { count, exact, grouped, size } from "./format.js";

const ROW = 30;
const HEADING = 37;
// What browsers can scroll over: an element higher than 17 million pixels is cut by Firefox.
const MOST_ROWS = 500_000;
const PATIENCE = 90;

const byText = (texts) => {
  const order = Array.from(texts, (_, i) => i).sort((a, b) => (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0));
  const rank = new Uint32Array(texts.length);
  order.forEach((at, i) => (rank[at] = i));
  return rank;
};

export class Files {
  #data;
  #shown = new Uint32Array(0);
  #sort = { key: "bytes", down: true };
  #active = -1;
  #rows = new Map();
  #ranks = {};
  #query = el("input", { type: "search", id: "filter", placeholder: "part of a name or directory", autocomplete: "off", spellcheck: "false" });
  #operator = el("select", { id: "filter-operator" });
  #role = el("select", { id: "filter-role" });
  #scope = el("select", { id: "filter-scope" },
    el("option", { value: "one" }, "the snapshot above"), el("option", { value: "all" }, "any snapshot"));
  #told = el("output", { class: "told", for: "filter filter-operator filter-role filter-scope", "aria-live": "polite" });
  #heads = el("div", { role: "row", class: "row heads", "aria-rowindex": "1" });
  #space = el("div", { class: "space", role: "rowgroup" });
  #grid = el("div", { class: "files", role: "grid", tabindex: "0", "aria-label": "Files. Arrow keys move, Enter tells all of a file." });
  #detail = el("div", { class: "detail", role: "status" });
  #virtual = null;

  constructor(data) {
    this.#data = data;
    this.columns = [
      { key: "name", title: "File", cell: (file) => this.#nameCell(file) },
      { key: "operator", title: "Operator", cell: (file) => shown(data.operatorText(data.operator[file])) },
      { key: "role", title: "Role", cell: (file) => data.roleText(data.role[file]) },
      { key: "handles", title: "Handles", number: true, down: true, cell: (file) => grouped(data.handles[file]) },
      { key: "bytes", title: "Bytes", number: true, down: true, cell: (file) => this.#bytesCell(file) },
    ];
    if (data.snapshots.length > 1) {
      this.columns.splice(3, 0, { key: "since", title: "Since", cell: (file) => label(data.snapshots[data.sets[data.set[file]][0]]) });
    }
    this.#grid.setAttribute("aria-colcount", String(this.columns.length));
    this.#grid.classList.toggle("many", data.snapshots.length > 1);
    this.#drawHeads();
    this.#fillChoices();
    this.#listen();
  }

  section() {
    const many = this.#data.snapshots.length > 1;
    this.#grid.append(el("div", { role: "rowgroup", class: "top" }, this.#heads), this.#space);
    return section("files", "Files", null,
      el("form", { class: "filters", role: "search", onSubmit: (event) => event.preventDefault() },
        el("label", { for: "filter", class: "wide" }, "Filter ", this.#query),
        el("label", { for: "filter-operator" }, "Operator ", this.#operator),
        el("label", { for: "filter-role" }, "Role ", this.#role),
        many ? el("label", { for: "filter-scope" }, "In ", this.#scope) : null),
      this.#told, this.#grid, this.#detail);
  }

  /** Once the section is part of the page. */
  start(snapshot) {
    this.snapshot = snapshot;
    this.#virtual = new Virtualizer({ ...this.#options(0) });
    this.#virtual._didMount();
    this.#virtual._willUpdate();
    this.#update();
  }

  show(snapshot) {
    this.snapshot = snapshot;
    this.#update();
  }

  /** Shows the files of an operator (by hash; "" is none) in a role, or one file. */
  select({ key, role, file }) {
    this.#query.value = "";
    this.#operator.value = key === undefined ? "" : String(this.#data.operators.findIndex(({ hash }) => hash === key));
    this.#role.value = role === undefined ? "" : String(this.#data.roles.indexOf(role));
    this.#update();
    this.#grid.scrollIntoView({ block: "center", behavior: "auto" });
    if (file !== undefined) this.#go(this.#shown.indexOf(file), "center");
    this.#grid.focus({ preventScroll: true });
    if (file !== undefined) this.#tell(file);
  }

  #fillChoices() {
    const data = this.#data;
    const operators = [...new Set(data.operator)].sort((a, b) => (data.operatorText(a) < data.operatorText(b) ? -1 : 1));
    const roles = [...new Set(data.role)].sort((a, b) => a - b);
    const option = (value, text) => el("option", { value: String(value) }, text);
    this.#operator.replaceChildren(option("", "all"), ...operators.map((op) => option(op, shown(data.operatorText(op)))));
    this.#role.replaceChildren(option("", "all"), ...roles.map((role) => option(role, data.roleText(role))));
  }

  #listen() {
    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#update(), PATIENCE);
    };
    this.#query.addEventListener("input", soon);
    for (const choice of [this.#operator, this.#role, this.#scope]) choice.addEventListener("change", () => this.#update());
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#space.addEventListener("click", ({ target }) => {
      const row = target.closest("[data-at]");
      if (!row) return;
      this.#go(Number(row.dataset.at), "auto");
      this.#tell(this.#shown[this.#active]);
    });
  }

  // ---------------------------------------------------------------------------- order and filter

  #bytes(file) {
    return this.#data.bytesIn(this.snapshot, file);
  }

  #chosen() {
    const data = this.#data;
    const everywhere = this.#scope.value === "all";
    const op = this.#operator.value === "" ? null : Number(this.#operator.value);
    const role = this.#role.value === "" ? null : Number(this.#role.value);
    const query = this.#query.value.trim().toLowerCase();
    const inDirectory = query === "" ? null : data.directories.map((text) => text.toLowerCase().includes(query));
    const found = new Uint32Array(data.count);
    let at = 0;
    for (let file = 0; file < data.count; ++file) {
      if (!everywhere && !data.has(this.snapshot, file)) continue;
      if (op !== null && data.operator[file] !== op) continue;
      if (role !== null && data.role[file] !== role) continue;
      if (inDirectory && !inDirectory[data.directory[file]] && !data.name[file].toLowerCase().includes(query)) {
        // A text that spans both.
        if (!query.includes("/") || !data.uri(file).toLowerCase().includes(query)) continue;
      }
      found[at++] = file;
    }
    return found.subarray(0, at);
  }

  /** Where each file stands among all, by what is compared. */
  #ranksOf(key) {
    const data = this.#data;
    const of = (texts, numbers) => {
      const rank = byText(texts);
      return Float64Array.from(numbers, (number) => (number < 0 ? -1 : rank[number]));
    };
    this.#ranks[key] ??= {
      name: () => Float64Array.from(byText(data.name)),
      operator: () => of(data.operators.map((_, i) => data.operatorText(i)), data.operator),
      role: () => of(data.roles, data.role),
      handles: () => data.handles,
      since: () => Float64Array.from(data.set, (set) => data.sets[set][0]),
    }[key]();
    return this.#ranks[key];
  }

  #order(files) {
    const { key, down } = this.#sort;
    const sign = down ? -1 : 1;
    if (key === "bytes") {
      const bytes = Float64Array.from(this.#data.bytes);
      if (this.#data.other[this.snapshot].size > 0) for (const file of files) bytes[file] = this.#bytes(file);
      return files.sort((a, b) => sign * (bytes[a] - bytes[b]) || a - b);
    }
    const rank = this.#ranksOf(key);
    return files.sort((a, b) => sign * (rank[a] - rank[b]) || a - b);
  }

  #update() {
    const files = this.#order(this.#chosen());
    this.#shown = files;
    this.#active = files.length > 0 ? 0 : -1;
    let sum = 0;
    for (const file of files) sum += this.#bytes(file);
    const all = this.#scope.value === "all" ? this.#data.count : this.#data.snapshots[this.snapshot].files;
    const cut = files.length > MOST_ROWS ? `; the first ${grouped(MOST_ROWS)} are listed` : "";
    this.#told.textContent = `${grouped(files.length)} of ${count(all, "file")}, ${size(sum)}${cut}`;
    this.#told.title = exact(sum);
    this.#grid.setAttribute("aria-rowcount", String(files.length + 1));
    this.#detail.replaceChildren();
    if (!this.#virtual) return;
    this.#space.replaceChildren();
    this.#rows.clear();
    this.#grid.scrollTop = 0;
    this.#virtual.setOptions(this.#options(Math.min(files.length, MOST_ROWS)));
    this.#virtual._willUpdate();
    this.#virtual.measure();
    this.#draw();
  }

  #sortBy(column) {
    const same = this.#sort.key === column.key;
    this.#sort = { key: column.key, down: same ? !this.#sort.down : Boolean(column.down) };
    this.#drawHeads();
    this.#heads.querySelector(`[data-key="${column.key}"]`).focus();
    this.#update();
  }

  // ---------------------------------------------------------------------------- what is seen

  #options(rows) {
    return {
      count: rows,
      overscan: 10,
      estimateSize: () => ROW,
      // The headings stay where they are, over the first rows in sight.
      scrollMargin: HEADING,
      scrollPaddingStart: HEADING,
      getScrollElement: () => this.#grid,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#draw(),
    };
  }

  #drawHeads() {
    this.#heads.replaceChildren(...this.columns.map((column) => {
      const sorted = this.#sort.key === column.key;
      const order = sorted ? (this.#sort.down ? "descending" : "ascending") : "none";
      return el("div", { role: "columnheader", class: column.number ? "number" : column.key, "aria-sort": order },
        el("button", { type: "button", "data-key": column.key, onClick: () => this.#sortBy(column) }, column.title,
          el("span", { class: "arrow", "aria-hidden": "true" }, sorted ? (this.#sort.down ? "▾" : "▴") : "")));
    }));
  }

  #nameCell(file) {
    const data = this.#data;
    const directory = shown(data.directories[data.directory[file]]);
    return el("span", { class: "uri", title: directory + shown(data.name[file]) },
      el("span", { class: "name" }, shown(data.name[file])), " ", el("span", { class: "dim" }, el("bdi", {}, directory)));
  }

  #bytesCell(file) {
    const least = this.#data.flags[file] & AT_LEAST ? "≥ " : "";
    return el("span", { title: exact(this.#bytes(file)) }, least + size(this.#bytes(file)));
  }

  #row(index, start) {
    const file = this.#shown[index];
    const row = el("div", { role: "row", id: `row-${index}`, class: "row", "data-at": String(index), "aria-rowindex": String(index + 2) },
      ...this.columns.map((column) => el("div", { role: "gridcell", class: column.number ? "number" : column.key }, column.cell(file))));
    row.style.transform = `translateY(${start - HEADING}px)`;
    return row;
  }

  /** Makes what has come into sight; rows that stay there stay as they are. */
  #draw() {
    const items = this.#virtual.getVirtualItems();
    this.#space.style.height = `${this.#virtual.getTotalSize()}px`;
    const rows = new Map(items.map(({ index, start }) => [index, this.#rows.get(index) ?? this.#row(index, start)]));
    for (const [index, row] of this.#rows) if (!rows.has(index)) row.remove();
    this.#rows = rows;
    let next = this.#space.firstChild;
    for (const [index, row] of rows) {
      row.setAttribute("aria-selected", index === this.#active ? "true" : "false");
      if (row === next) next = next.nextSibling;
      else this.#space.insertBefore(row, next);
    }
    if (rows.has(this.#active)) this.#grid.setAttribute("aria-activedescendant", `row-${this.#active}`);
    else this.#grid.removeAttribute("aria-activedescendant");
  }

  #go(at, align) {
    if (at < 0 || this.#shown.length === 0) return;
    this.#active = Math.min(at, Math.min(this.#shown.length, MOST_ROWS) - 1);
    this.#virtual.scrollToIndex(this.#active, { align });
    this.#draw();
  }

  #key(event) {
    if (event.target !== this.#grid) return;
    const page = Math.max(1, Math.floor((this.#grid.clientHeight - HEADING) / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key in steps) this.#go(Math.max(0, this.#active + steps[event.key]), "auto");
    else if (event.key === "Home") this.#go(0, "auto");
    else if (event.key === "End") this.#go(this.#shown.length - 1, "auto");
    else if (event.key === "Enter" && this.#active >= 0) this.#tell(this.#shown[this.#active]);
    else return;
    event.preventDefault();
  }

  /** All that is known of a file. */
  #tell(file) {
    const data = this.#data;
    const members = data.sets[data.set[file]];
    const facts = [
      ["File", el("code", {}, shown(data.uri(file)))],
      ["Bytes", `${data.flags[file] & AT_LEAST ? "at least " : ""}${exact(this.#bytes(file))}`],
      ["Operator", shown(data.operatorText(data.operator[file]))],
      ["Role", data.roleText(data.role[file])],
      ["Handles", `${grouped(data.handles[file])}${data.flags[file] & SEGMENTS ? ", some of a part of it only" : ""}`],
    ];
    if (data.snapshots.length > 1) facts.push(["Needed by", members.map((at) => label(data.snapshots[at])).join(", ")]);
    this.#detail.replaceChildren(el("dl", {}, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
  }
}
