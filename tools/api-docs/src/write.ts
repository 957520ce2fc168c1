/** `pnpm api-docs`: writes the pages of each package into dist/. */

import { join } from "node:path";
import { Documentation } from "./documentation.ts";
import { packages, surfaceOf } from "./surfaces.ts";

const out = join(import.meta.dirname, "../dist");
for (const each of packages) {
  const surface = surfaceOf(each);
  const folder = join(out, surface.name.replace("@busbar/", ""));
  await (await Documentation.of(surface)).write(folder);
  console.log(`${surface.name}: ${folder}/index.html`);
}
