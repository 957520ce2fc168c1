import { expect, test } from "vitest";
import { busbar, isOwnCommand, slow } from "../support/busbar.ts";

// What it finds on a bus is tested in the lab, and with a simulated machine.
test.skipIf(isOwnCommand).each(["scan", "scan --json", "scan 999"])(
  "%s: as the command for Node",
  { timeout: slow },
  async (line) => {
    const parameters = line.split(" ");
    expect(await busbar(parameters)).toEqual(await busbar(parameters, { own: true }));
  },
);
