import { describe, expect, test } from "vitest";
import { bme280, busbar, folderOf, isOwnCommand, simulatedRegisters, slow } from "../support/busbar.ts";

/** A finding of `doctor --json`. */
interface Finding {
  readonly id: string;
  readonly ok: boolean;
}

/** Those about the board: what comes before is each command's own. */
function aboutBoard(stdout: string): readonly Finding[] {
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return findings.filter(({ id }) => id === "board" || id.startsWith("devices."));
}

const simulate = [simulatedRegisters("0x76")];

describe("busbar doctor", { timeout: slow }, () => {
  test("of a board with nothing wrong", async () => {
    const i2c = { bus: "sim", address: "0x76" };
    using folder = folderOf({ "board.json": { devices: { indoor: { driver: bme280, i2c } }, simulate } });
    // ./board.json, where none is named.
    const { code, stdout } = await busbar(["doctor", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout).ok).toBe(true);
    expect(aboutBoard(stdout)).toEqual([
      { id: "board", ok: true, what: "board.json has indoor." },
      {
        id: "devices.indoor.driver",
        ok: true,
        what: `indoor: ${bme280} drives a sensor, and all that it imports is granted.`,
      },
      { id: "devices.indoor.i2c", ok: true, what: 'indoor: bus "sim" can be used (simulator).' },
    ]);
    expect(code).toBe(0);
    const text = await busbar(["doctor", "board.json"], { cwd: folder.path });
    expect(text.stdout).toContain(
      '\nok   indoor: bus "sim" can be used (simulator).\n\nNothing is missing.\n',
    );
  });

  test("a driver that is refused is what is wrong, with its exit code", async () => {
    using folder = folderOf({ "board.json": { devices: { indoor: { driver: bme280 } } } });
    const { code, stdout } = await busbar(["doctor", "board.json", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout).ok).toBe(false);
    expect(aboutBoard(stdout)).toEqual([
      { id: "board", ok: true, what: "board.json has indoor." },
      {
        id: "devices.indoor.driver",
        ok: false,
        what: expect.stringContaining("wasi:i2c/i2c@0.2.0-draft"),
        code: "not-granted",
      },
    ]);
    expect(code).toBe(5);
    const text = await busbar(["doctor", "board.json"], { cwd: folder.path });
    expect(text.stdout).toMatch(/\nbad {2}indoor: .*\n\nOne thing is wrong\.\n$/);
  });

  test("a board that cannot be read is what is wrong", async () => {
    using folder = folderOf({ "board.json": "{" });
    const { code, stdout } = await busbar(["doctor", "board.json", "--json"], { cwd: folder.path });
    expect(aboutBoard(stdout)).toMatchObject([{ id: "board", ok: false, code: "board" }]);
    expect(code).toBe(3);
  });
});

test.skipIf(isOwnCommand)(
  "what is wrong with the machine's buses is told as by the command for Node",
  { timeout: slow },
  async () => {
    using folder = folderOf({});
    const told = async (own: boolean) => {
      const { stdout } = await busbar(["doctor", "--json"], { cwd: folder.path, own });
      const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
      return findings.filter(({ ok }) => !ok);
    };
    expect(await told(false)).toEqual(await told(true));
  },
);
