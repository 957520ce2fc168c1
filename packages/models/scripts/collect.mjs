// Writes generated/models.ts: the models of all chips on I2C and SPI, and of all parts on GPIO lines and serial lines, in packages/, as their package.json's "busbar" names them, and
// the simulator's own. From their source, because a list of dependencies would be one more place that knows every chip. Those of USB
// devices need a clock that waits, and a bus that nobody has here.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { drivers, root } from "../../../scripts/drivers.mjs";

const out = join(import.meta.dirname, "../generated");
const found = drivers
  .filter(({ buses }) => ["i2c", "spi", "gpio", "uart"].some((bus) => buses.includes(bus)))
  .flatMap(({ folder, models }) =>
    Object.entries(models).map(([name, module]) => {
      const source = module.replace(/^(\.\/)?dist\//, "src/").replace(/\.js$/, ".ts");
      return { name, path: relative(out, join(root, folder, source)) };
    }),
  );

const lines = [
  "// Made by scripts/collect.mjs.",
  'import { modelsOf } from "../src/models-of.ts";',
  'import { gpioModels as gpioSimulators, i2cModels as i2cSimulators, spiModels as spiSimulators, uartModels as uartSimulators } from "@busbar/sim/models";',
  ...found.map(({ path }, index) => `import model${index} from ${JSON.stringify(path)};`),
  "",
  "const models: readonly (readonly [name: string, model: unknown])[] = [",
  ...found.map(({ name }, index) => `  [${JSON.stringify(name)}, model${index}],`),
  "];",
  "",
  "/** Every model of an I2C chip, by the name that a board file has for it. */",
  'export const i2cModels = modelsOf("i2c", models, i2cSimulators);',
  "",
  "/** Every model of a chip on SPI, likewise. */",
  'export const spiModels = modelsOf("spi", models, spiSimulators);',
  "",
  "/** Every model of a part on GPIO lines, likewise. */",
  'export const gpioModels = modelsOf("gpio", models, gpioSimulators);',
  "",
  "/** Every model of a part on a serial line, likewise. */",
  'export const uartModels = modelsOf("uart", models, uartSimulators);',
  "",
];
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "models.ts"), lines.join("\n"));
