// Puts the page together, from the data that it holds.
import { Data, label } from "./data.js";
import { el, startTips } from "./dom.js";
import { Files } from "./files.js";
import { growth, reuse } from "./growth.js";
import * as summary from "./summary.js";
import { Treemap } from "./treemap.js";

function start() {
  const data = new Data(JSON.parse(document.getElementById("data").textContent));
  const many = data.snapshots.length > 1;
  let number = data.snapshots.length - 1;
  const files = new Files(data);
  const map = new Treemap(data, (what) => files.select(what));
  const top = el("header", {});
  const operators = el("div");
  const roots = el("div");
  const handles = el("div");
  const toMap = (hash) => {
    map.open(hash);
    document.getElementById("map").scrollIntoView({ block: "start" });
  };
  const fill = () => {
    document.title = `${label(data.snapshots[number])}: ${data.snapshots[number].inspect.verdict} · stateferry`;
    top.replaceChildren(...[
      el("div", { class: "bar-top" }, el("span", { class: "brand" }, "stateferry"), summary.picker(data, number, pick)),
      summary.head(data, number), summary.tiles(data, number), summary.warnings(data, number),
    ].filter(Boolean));
    operators.replaceChildren(summary.operators(data, number, toMap));
    roots.replaceChildren(summary.roots(data, number));
    handles.replaceChildren(summary.handles(data, number));
  };
  const pick = (chosen) => {
    number = chosen;
    fill();
    map.show(number);
    files.show(number);
    document.getElementById("snapshot")?.focus();
  };
  fill();
  const main = el("main", {},
    ...(many ? [growth(data, pick)] : []),
    map.section(), operators,
    ...(many ? [reuse(data)] : []),
    roots, files.section(), handles);
  document.getElementById("page").append(
    el("a", { class: "skip", href: "#files" }, "To the table of files"), top, main,
    el("footer", {}, `Made by stateferry ${data.version}. Nothing on this page is fetched or sent. Licences of what it is made with stand at the end of its source.`));
  startTips();
  map.show(number);
  files.start(number);
}

start();
