import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow } from "./support/busbar.ts";

describe("busbar new", { timeout: slow }, () => {
  test("writes a package and says what to type next", async () => {
    using folder = folderOf({});
    const args = ["new", "lm75", "--bus", "i2c", "--device", "sensor"];
    const { code, stdout, stderr } = await busbar(args, { cwd: folder.path });
    expect(stderr).toBe("");
    expect(stdout).toBe(
      "lm75, a driver of a sensor on i2c, is in lm75. Next:\n\n  cd lm75 && npm install\n  npm test\n  npm run demo\n\n" +
        "It drives a part that does not exist; lm75/README.md says what to fill in.\n" +
        "Its part has an id register; for one without, say --no-id.\n",
    );
    expect(code).toBe(0);
    expect(existsSync(join(folder.path, "lm75/src/lm75.ts"))).toBe(true);

    const again = await busbar(args, { cwd: folder.path });
    expect(again.stderr).toMatch(
      /^busbar: .*lm75 is there already, and nothing is overwritten; name another/,
    );
    expect(again.code).toBe(2);
  });

  test("a sensor without an id register is written where that is said, and refused where there is always an id", async () => {
    using folder = folderOf({});
    const args = ["new", "lm75", "--bus", "i2c", "--device", "sensor", "--no-id"];
    const { code, stdout } = await busbar(args, { cwd: folder.path });
    expect(stdout).toMatch(/README.md says what to fill in.\n$/);
    expect(code).toBe(0);
    expect(readFileSync(join(folder.path, "lm75/src/lm75.ts"), "utf8")).not.toContain("wrongDevice");
    const pad = await busbar(["new", "pad", "--device", "hid", "--no-id"], { cwd: folder.path });
    expect(pad.code).toBe(2);
    expect(pad.stderr).toBe("busbar: A hid on usb says itself what it is; leave out --no-id.\n");
  });

  test("--json has what was written", async () => {
    using folder = folderOf({});
    const args = ["new", "@me/pad", "--device", "hid", "--directory", "there", "--json"];
    const { code, stdout } = await busbar(args, { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({
      name: "@me/pad",
      bus: "usb",
      device: "hid",
      folder: expect.stringMatching(/\/there$/),
      inWorkspace: false,
      files: expect.arrayContaining(["src/pad.ts", "package.json"]),
    });
    expect(code).toBe(0);
  });

  test("asks nobody where there is no terminal", async () => {
    using folder = folderOf({});
    const nameless = await busbar(["new"], { cwd: folder.path });
    expect(nameless).toMatchObject({ code: 2, stdout: "" });
    expect(nameless.stderr).toBe('busbar: Say what the driver is called, such as "my-sensor".\n');
    const kindless = await busbar(["new", "lm75"], { cwd: folder.path });
    expect(kindless.stderr).toMatch(/^busbar: Say what lm75 drives: --bus i2c --device sensor, or /);
  });
});
