// Gathers in dist/ the files that the binary embeds, byte by byte as their packages ship them, each package with its licence.
// A file that is already there and equal is not touched, so that cargo does not build the pages again for nothing.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const BOOTSTRAP = "node_modules/bootstrap-italia";
const FONTS = `${BOOTSTRAP}/dist/fonts`;

const fonts = readdirSync(FONTS, { recursive: true })
  .filter((name) => name.endsWith(".woff2") || name.endsWith("LICENSE.txt"))
  .map((name) => [`${FONTS}/${name}`, `bootstrap-italia/fonts/${name}`]);

const files = new Map([
  [`${BOOTSTRAP}/LICENSE`, "bootstrap-italia/LICENSE"],
  [`${BOOTSTRAP}/dist/css/bootstrap-italia.min.css`, "bootstrap-italia/css/bootstrap-italia.min.css"],
  [`${BOOTSTRAP}/dist/js/bootstrap-italia.bundle.min.js`, "bootstrap-italia/js/bootstrap-italia.bundle.min.js"],
  [`${BOOTSTRAP}/dist/svg/sprites.svg`, "bootstrap-italia/svg/sprites.svg"],
  ...fonts,
  ["node_modules/htmx.org/LICENSE", "htmx/LICENSE"],
  ["node_modules/htmx.org/dist/htmx.min.js", "htmx/htmx.min.js"],
  ["tabulario.css", "tabulario.css"],
  ["tabulario.js", "tabulario.js"],
]);

const wanted = new Set([...files.values()].map((name) => join("dist", name)));
for (const entry of listed("dist")) {
  if (!wanted.has(entry)) rmSync(entry);
}
for (const [source, name] of files) {
  const target = join("dist", name);
  const content = readFileSync(source);
  if (read(target)?.equals(content)) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

function listed(folder) {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function read(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
