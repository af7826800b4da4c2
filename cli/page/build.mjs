// Makes the page that the binary holds, of src/ and the packages of package-lock.json:
//
//   node build.mjs DIRECTORY      writes DIRECTORY/page.html and DIRECTORY/LICENSES.txt
//
// The same input gives the same bytes. scripts/generate-page.sh runs it; building stateferry doesn't need it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");

/** One file that a browser takes, without a hint of where it was made. */
async function bundle(entry) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [join("src", entry)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    charset: "ascii",
    legalComments: "none",
    format: "iife",
    target: ["chrome100", "firefox100", "safari15.4"],
    logLevel: "warning",
  });
  return { text: result.outputFiles[0].text.trim(), inputs: Object.keys(result.metafile.inputs) };
}

/** Name, version and licence text of each package that is part of the bundle. */
function licences(inputs) {
  const names = inputs
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort().map((name) => {
    const folder = join(packages, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    if (files.length === 0) throw new Error(`${name} brings no licence text`);
    const texts = files.map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
    return `${name} ${about.version} (${about.license})\n\n${texts.join("\n\n")}\n`;
  });
}

const hash = (text) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;

/** What may not stand in a raw text element or a comment of HTML. */
function check(text, forbidden, what) {
  if (forbidden.test(text)) throw new Error(`${what} holds ${text.match(forbidden)[0]}`);
  return text;
}

const [target] = process.argv.slice(2);
if (!target) throw new Error("usage: node build.mjs DIRECTORY");
const script = await bundle("main.js");
const style = await bundle("style.css");
check(script.text, /<\/script|<!--|@@/i, "the script");
check(style.text, /<\/style|<!--|@@/i, "the style");
const notice =
  "The page of `stateferry inspect --html` holds parts of these packages, under their own licences.\n\n" +
  licences(script.inputs).join("\n----\n\n");
check(notice, /--!?>|<!--/, "a licence");
const policy = [
  "default-src 'none'",
  `script-src ${hash(script.text)}`,
  `style-src ${hash(style.text)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const page = readFileSync(join(here, "page.html"), "utf8")
  .replace("@@policy@@", () => policy)
  .replace("@@style@@", () => style.text)
  .replace("@@script@@", () => script.text)
  .replace("@@licences@@", () => notice);
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "page.html"), page);
writeFileSync(join(target, "LICENSES.txt"), notice);
console.log(`page.html ${Buffer.byteLength(page)} bytes, of which the script ${Buffer.byteLength(script.text)}`);
