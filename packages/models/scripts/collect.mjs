// Writes generated/models.ts: the models of all chips in packages/, as their package.json's "busbar" names them, and the
// simulator's own. From their source, because a list of dependencies would be one more place that knows every chip.
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const own = join(import.meta.dirname, "..");
const found = globSync("../*/package.json", { cwd: own })
  .sort()
  .flatMap((manifest) => {
    const { name, busbar = {} } = JSON.parse(readFileSync(join(own, manifest), "utf8"));
    // Those of USB devices need a clock that waits, and a bus that nobody has here.
    if (!busbar.world?.startsWith("i2c-")) return [];
    const { model = {} } = busbar;
    const modules = typeof model === "string" ? { [name.replace(/^.*\//, "")]: model } : model;
    return Object.entries(modules).map(([called, module]) => {
      const source = join("..", manifest, "..", module.replace(/^dist\//, "src/").replace(/\.js$/, ".ts"));
      return [called, source];
    });
  });

const lines = [
  "// Made by scripts/collect.mjs.",
  'import type { I2cModel } from "@busbar/model";',
  'import { i2cModels as simulators } from "@busbar/sim/models";',
  ...found.map(([, source], index) => `import model${index} from ${JSON.stringify(source)};`),
  "",
  "/** Every model of an I2C chip, by the name that a board file has for it. */",
  "export const i2cModels: ReadonlyMap<string, I2cModel> = new Map<string, I2cModel>(",
  "  [",
  ...found.map(([called], index) => `    [${JSON.stringify(called)}, model${index}] as const,`),
  "    ...simulators,",
  "  ].sort(([a], [b]) => (a < b ? -1 : 1)),",
  ");",
  "",
];
mkdirSync(join(own, "generated"), { recursive: true });
writeFileSync(join(own, "generated", "models.ts"), lines.join("\n"));
