// Writes generated/models.ts: the models of all I2C chips in packages/, as their package.json's "busbar" names them, and the
// simulator's own. From their source, because a list of dependencies would be one more place that knows every chip. Those of USB
// devices need a clock that waits, and a bus that nobody has here.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { drivers, root } from "../../../scripts/drivers.mjs";

const out = join(import.meta.dirname, "../generated");
const found = drivers
  .filter(({ buses }) => buses.includes("i2c"))
  .flatMap(({ folder, models }) =>
    Object.entries(models).map(([name, module]) => {
      const source = module.replace(/^(\.\/)?dist\//, "src/").replace(/\.js$/, ".ts");
      return { name, path: relative(out, join(root, folder, source)) };
    }),
  );

const lines = [
  "// Made by scripts/collect.mjs.",
  'import type { I2cModel } from "@busbar/model";',
  'import { i2cModels as simulators } from "@busbar/sim/models";',
  ...found.map(({ path }, index) => `import model${index} from ${JSON.stringify(path)};`),
  "",
  "/** Every model of an I2C chip, by the name that a board file has for it. */",
  "export const i2cModels: ReadonlyMap<string, I2cModel> = new Map<string, I2cModel>(",
  "  [",
  ...found.map(({ name }, index) => `    [${JSON.stringify(name)}, model${index}] as const,`),
  "    ...simulators,",
  "  ].sort(([a], [b]) => (a < b ? -1 : 1)),",
  ");",
  "",
];
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "models.ts"), lines.join("\n"));
