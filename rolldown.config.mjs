// Bundles a package into one file for each of its entry points: a program on a small machine loads three files instead
// of ninety, which is most of its start. Types stay as tsc makes them. Run in the package's folder.
import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports)
  .map((path) => /^\.\/dist\/(.+)\.js$/.exec(path)?.[1])
  .filter((name) => name !== undefined);

export default defineConfig({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: "neutral",
  // Other packages stay other packages: two copies of an error class would be two classes. But for the helpers of what follows.
  external: /^(?!\0|@oxc-project\/runtime\/)[^./]/,
  // What an older Node cannot even parse would be a SyntaxError there, and not the sentence that says which Node it takes.
  transform: { target: "es2022" },
  output: { dir: "dist", format: "esm", sourcemap: true, chunkFileNames: "shared-[hash].js" },
});
