// Puts what the generator copies into dist: the templates, and what a package outside this workspace needs of its root.
// A template is a package of the workspace; here it is only text.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "../..");
const dist = join(folder, "dist");

const made = ["node_modules", "dist", "test-results", ".turbo"];
rmSync(join(dist, "templates"), { recursive: true, force: true });
cpSync(join(folder, "templates"), join(dist, "templates"), {
  recursive: true,
  filter: (path) => !made.includes(basename(path)),
});

mkdirSync(join(dist, "alone"), { recursive: true });
for (const file of ["tsconfig.base.json", "tsconfig.build.json", "biome.json"]) {
  cpSync(join(root, file), join(dist, "alone", file));
}

// The versions that this workspace is tested with: those behind "catalog:".
const require = createRequire(join(folder, "package.json"));
const tools = ["@biomejs/biome", "@types/node", "typescript", "valibot", "vitest"];
const versions = Object.fromEntries(
  tools.map((name) => {
    const manifest = require.resolve.paths(name).map((path) => join(path, name, "package.json"));
    return [name, JSON.parse(readFirst(manifest)).version];
  }),
);
writeFileSync(join(dist, "alone", "versions.json"), `${JSON.stringify(versions, null, 2)}\n`);

/** A package's "exports" may hide its package.json. */
function readFirst(paths) {
  for (const path of paths) {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  throw new Error(`none of ${paths.join(", ")} exists`);
}
