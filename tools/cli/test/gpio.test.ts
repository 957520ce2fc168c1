import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow, workspace } from "./support/busbar.ts";

const line = (offset: number, direction: string) => ({ chip: "sim", line: offset, direction });

/** Its model is its package's: the hosts in Rust have it in a component that is installed where the board is. */
describe("a part with a model of its own", { timeout: slow }, () => {
  test("a ranger is read", async () => {
    const driver = join(workspace, "packages/hc-sr04/dist/hc-sr04.wasm");
    const tank = { driver, gpio: { lines: { trigger: line(3, "out"), echo: line(4, "in") } } };
    const ranger = { gpio: "sim", lines: { trigger: 3, echo: 4 }, model: "hc-sr04", distance: 1.25 };
    using folder = folderOf({ "board.json": { devices: { tank }, simulate: [ranger] } });
    const { code, stdout, stderr } = await busbar(["read", "board.json", "tank"], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^tank {2}ElecFreaks HC-SR04, "trigger" on line 3 of chip "sim" \(simulated\), "echo" on line 4 of chip "sim" \(simulated\)\n {2}distance {2}1\.25/,
    );
  });
});
