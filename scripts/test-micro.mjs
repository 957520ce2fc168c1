// Tests every driver of an I2C chip on the engine for small devices. Run by: npx -y pnpm@12 test:micro
import { execFileSync } from "node:child_process";
import { drivers, root } from "./drivers.mjs";

const filters = drivers.filter(({ buses }) => buses.includes("i2c")).map(({ name }) => `--filter=${name}`);
execFileSync("turbo", ["run", "test", ...filters], {
  cwd: root,
  env: { ...process.env, BUSBAR_ENGINE: "micro" },
  stdio: "inherit",
});
