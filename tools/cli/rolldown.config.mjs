// One file for what every command needs, and one for each command's own: a program on a small machine loads a few files instead
// of ninety, which is most of its start.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { main: "src/main.ts", bundled: "src/bundled.ts" },
  platform: "node",
  // Other packages stay other packages: two copies of an error class would be two classes.
  external: /^[^./]/,
  // What an earlier build left would be packed, and put into bundles.
  output: { dir: "dist", format: "esm", sourcemap: true, chunkFileNames: "shared-[hash].js", cleanDir: true },
});
