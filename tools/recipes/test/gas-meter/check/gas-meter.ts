/** Opens a gas meter, for a program and for an app, and prints what it counts. */
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { gasMeter } from "../src/device/gas-meter/index.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeBus, FakeClock } from "./fakes.ts";

const path = "busbar:device/gas-meter";
const exported = `${path}@0.1.0`;
const driver = fakeComponent("./driver.wasm", componentBytes([], [exported]), () => ({
  [exported]: { open: async () => ({ volume: async () => 12.5, close: async () => undefined }) },
}));
const run = "wasi:cli/run@0.2.0";
const app = fakeComponent("./app.wasm", componentBytes([exported], [run]), (imports) => ({
  [run]: {
    run: async () => {
      const { open } = imports[path] as { open(name: string): Promise<{ volume(): Promise<number> }> };
      console.log(board.devices[0]?.kind, await (await open("cellar")).volume());
    },
  },
}));
const entry = { driver: "driver", i2c: { bus: 1, address: "0x40" } };
const apps = { bill: { component: "app", uses: ["cellar"] } };
await using board = await OpenBoard.open(parseBoard({ devices: { cellar: entry }, apps }), {
  clock: new FakeClock(),
  i2c: [new FakeBus()],
  loadComponent: async (specifier) => (specifier === "app" ? app : driver),
});
await using cellar = await board.device("cellar", gasMeter);
if ((await cellar.volume()) !== 12.5) throw new Error("the program is told something else");
await board.run("bill", { output: () => undefined });
