/// <reference types="node" />

/** What is asked of a controller at the end is optional, too. */

import { join } from "node:path";
import { hidBenchWith } from "@busbar/contract";
import { RecordedHid } from "@busbar/sim";
import { expect, test } from "vitest";
import { bytes } from "./support.ts";

const component = join(import.meta.dirname, "../dist/xbox-controller.wasm");

test.each([
  ["an Xbox 360 controller", "5D 01", 0x028e, 2, 2],
  ["an Xbox One controller", "47 D0", 0x02dd, 4, 4],
])(
  "%s that does not take the end of its rumble is closed after 500 ms",
  async (_, kind, productId, motors, sent) => {
    const model = new RecordedHid({
      vendorId: 0x045e,
      productId,
      configuration: bytes(
        `09 02 20 00 01 01 00 80 32 09 04 00 00 02 FF ${kind} 00 07 05 81 03 40 00 04 07 05 02 03 40 00 04`,
      ),
    });
    const silent = { fault: "silent", endpoint: 0x02, transfer: sent + 1, every: 1 } as const;
    await using bench = hidBenchWith(component, model, { faults: [silent] });
    const pad = await bench.open();
    await pad.sendRaw("output", { id: 0, data: new Uint8Array(motors).fill(255) });
    expect(bench.clock.now()).toBe(0);
    await pad[Symbol.asyncDispose]();
    expect(bench.clock.now()).toBe(500);
    expect(bench.warnings).toEqual([
      expect.stringContaining("stopping its motors failed, and is done without"),
    ]);
  },
);
