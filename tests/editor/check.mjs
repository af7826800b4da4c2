// Opens rule files in yaml-language-server, which editors use, and compares what it offers and marks.
//
//   node check.mjs SCHEMA CASE…
//
// A case is a rule file. Its comments say what must come of it:
//   # offers: a, b      where `‸` stands, completion offers these words (others may be there, too)
//   # hides: a, b       … and none of these
//   # explains: text    what the pop-up of the first offered word says holds this text
//   # marks: LINE text  a diagnostic begins on this line (1 is the first one of the file) and holds this text
// A case without `marks` must have no diagnostic, unless it has a `‸`: who is still typing has not finished.
// Speaks to the server over its standard streams; nothing is fetched, and SCHEMA is all that it reads.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import rpc from "vscode-jsonrpc/node.js";

const CURSOR = "‸";
const here = dirname(fileURLToPath(import.meta.url));
const server = join(here, "node_modules", "yaml-language-server", "bin", "yaml-language-server");
// Long enough for a slow machine; a diagnostic comes some 200 ms after a change.
const PATIENCE = 30_000;

/** Settings, as the server asks for them by section. No schema from anywhere but the file itself. */
const SETTINGS = {
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } },
};

/** What a case asks for, and its text without the cursor. */
function readCase(path) {
  const text = readFileSync(path, "utf8");
  const wanted = (key) => [...text.matchAll(new RegExp(`^# ${key}: (.*)$`, "gm"))].map((match) => match[1]);
  const words = (key) => wanted(key).flatMap((list) => list.split(", "));
  const lines = text.split("\n");
  const line = lines.findIndex((content) => content.includes(CURSOR));
  return {
    name: basename(path, ".yaml"),
    text: text.replace(CURSOR, ""),
    cursor: line < 0 ? null : { line, character: lines[line].indexOf(CURSOR) },
    offers: words("offers"),
    hides: words("hides"),
    explains: wanted("explains"),
    marks: wanted("marks").map((mark) => {
      const [, at, said] = mark.match(/^(\d+) (.*)$/);
      return { line: Number(at) - 1, said };
    }),
  };
}

/** A running server. */
class Editor {
  #process = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  #connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(this.#process.stdout),
    new rpc.StreamMessageWriter(this.#process.stdin),
  );
  #waiting = new Map();

  async start(folder) {
    this.#connection.onRequest("workspace/configuration", ({ items }) =>
      items.map(({ section }) => SETTINGS[section] ?? null));
    this.#connection.onRequest("client/registerCapability", () => null);
    this.#connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
      this.#waiting.get(uri)?.(diagnostics));
    this.#connection.listen();
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: {
        workspace: { configuration: true },
        textDocument: { completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } } },
      },
    });
    await this.#connection.sendNotification("initialized", {});
    await this.#connection.sendNotification("workspace/didChangeConfiguration", { settings: SETTINGS });
  }

  /** Opens a file; returns its diagnostics. */
  async open(uri, text) {
    const diagnostics = new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no diagnostics of ${uri} after ${PATIENCE} ms`)), PATIENCE);
      this.#waiting.set(uri, (found) => {
        clearTimeout(timer);
        done(found);
      });
    });
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return diagnostics;
  }

  async complete(uri, position) {
    const result = await this.#connection.sendRequest("textDocument/completion", { textDocument: { uri }, position });
    return result?.items ?? result ?? [];
  }

  async stop() {
    await this.#connection.sendRequest("shutdown");
    await this.#connection.sendNotification("exit");
    this.#connection.dispose();
    this.#process.kill();
  }
}

/** A word as completion labels it: quotes, and the colon of a key, may be around it. */
const bare = (label) => label.replace(/^["']|["']$/g, "").replace(/:$/, "");

const explanation = (item) => [item.detail, item.documentation?.value ?? item.documentation].filter(Boolean).join(" ");

function compareOffers(wanted, items) {
  const labels = items.map((item) => bare(item.label));
  const problems = [];
  for (const word of wanted.offers.filter((word) => !labels.includes(word))) {
    problems.push(`doesn't offer ${word}, but ${labels.join(", ") || "nothing"}`);
  }
  for (const word of wanted.hides.filter((word) => labels.includes(word))) problems.push(`offers ${word}`);
  const first = items.find((item) => bare(item.label) === wanted.offers[0]);
  for (const text of wanted.explains.filter((text) => !(first && explanation(first).includes(text)))) {
    problems.push(`explains ${wanted.offers[0]} as '${first && explanation(first)}', without '${text}'`);
  }
  return problems;
}

function compareMarks(wanted, diagnostics) {
  const found = diagnostics.map(({ range, message }) => ({ line: range.start.line, message }));
  const shown = found.map(({ line, message }) => `${line + 1} ${message}`).join("; ") || "nothing";
  const problems = wanted.marks
    .filter(({ line, said }) => !found.some((mark) => mark.line === line && mark.message.includes(said)))
    .map(({ line, said }) => `doesn't mark line ${line + 1} with '${said}', but ${shown}`);
  if (!wanted.cursor && wanted.marks.length === 0 && found.length > 0) problems.push(`marks ${shown}`);
  return problems;
}

async function main([schema, ...paths]) {
  if (!schema || paths.length === 0) throw new Error("usage: node check.mjs SCHEMA CASE…");
  const folder = dirname(resolve(schema));
  const editor = new Editor();
  await editor.start(folder);
  let failed = 0;
  for (const path of paths) {
    const wanted = readCase(path);
    // As if the file lay beside the schema, which its first line names.
    const uri = pathToFileURL(join(folder, `${wanted.name}.yaml`)).href;
    const diagnostics = await editor.open(uri, wanted.text);
    const problems = compareMarks(wanted, diagnostics);
    if (wanted.cursor) problems.push(...compareOffers(wanted, await editor.complete(uri, wanted.cursor)));
    for (const problem of problems) console.log(`FAILED ${wanted.name}: it ${problem}`);
    failed += problems.length > 0 ? 1 : 0;
  }
  await editor.stop();
  console.log(`passed=${paths.length - failed} failed=${failed} skipped=0`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
