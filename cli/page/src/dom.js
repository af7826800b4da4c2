// Elements. Text becomes text nodes and attributes, never markup.

/** What a text from a snapshot looks like: controls and characters that turn text around are told, not obeyed. */
export function shown(text) {
  return String(text).replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An element: `attributes` as they are, functions as listeners, children as nodes or as text. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(key.slice(2).toLowerCase(), value);
    } else {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A part of the page with its heading. */
export function section(id, title, note, ...children) {
  return el(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title),
    note ? el("p", { class: "note" }, note) : null,
    ...children,
  );
}

/** A table. `columns`: {title, number, cell(row) → node or text, tip(row)}. */
export function table(caption, columns, rows) {
  const head = columns.map(({ title, number }) => el("th", { scope: "col", class: number ? "number" : null }, title));
  const body = rows.map((row, index) =>
    el("tr", {}, ...columns.map(({ number, cell, header, tip }) => {
      const made = el(header ? "th" : "td", { class: number ? "number" : null, scope: header ? "row" : null }, cell(row, index));
      if (tip) made.title = tip(row, index);
      return made;
    })));
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    el("table", {}, el("caption", { class: "unseen" }, caption), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)),
  );
}

// ------------------------------------------------------------------------------ what hovers

const tips = new WeakMap();
let hovering = null;

/** Has `lines` shown beside the element while the pointer or the keyboard is on it. */
export function tip(element, lines) {
  tips.set(element, lines);
  element.setAttribute("data-tip", "");
  return element;
}

function place(box, x, y) {
  const gap = 14;
  const left = Math.min(x + gap, window.innerWidth - box.offsetWidth - 8);
  const below = y + gap + box.offsetHeight < window.innerHeight - 8;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${below ? y + gap : Math.max(8, y - gap - box.offsetHeight)}px`;
}

/** Makes the one box for all of these; it is for eyes only, since each element has a label of its own. */
export function startTips() {
  const box = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
  document.body.append(box);
  const show = (target, x, y) => {
    const element = target instanceof Element ? target.closest("[data-tip]") : null;
    if (element !== hovering) {
      hovering = element;
      box.hidden = !element;
      if (element) {
        const [first, ...rest] = tips.get(element) ?? [];
        box.replaceChildren(el("strong", {}, first ?? ""), ...rest.map((line) => el("span", {}, line)));
      }
    }
    if (element) place(box, x, y);
  };
  document.addEventListener("pointermove", (event) => show(event.target, event.clientX, event.clientY));
  document.addEventListener("pointerleave", () => show(null));
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.(":focus-visible")) return;
    const at = target.getBoundingClientRect();
    show(target, at.left, at.top + Math.min(at.height, 40));
  });
  document.addEventListener("focusout", () => show(null));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && show(null));
}
