/// <reference types="node" />

/** What is asked of a controller at the end is optional, too. */

import { join } from "node:path";
import { hidBenchWith } from "@busbar/contract";
import { RecordedHid } from "@busbar/sim";
import { expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/playstation-controller.wasm");

test.each([true, false])(
  "a controller that does not take the end of its rumble is closed after 500 ms; an endpoint for it: %s",
  async (hasOutput) => {
    const model = new RecordedHid({
      vendorId: 0x054c,
      productId: 0x0ce6,
      reportDescriptor: Uint8Array.of(0x05, 0x01, 0x09, 0x05, 0xa1, 0x01, 0xc0),
      hasOutput,
    });
    const silent = hasOutput
      ? ({ fault: "silent", endpoint: 0x02, transfer: 2, every: 1 } as const)
      : ({ fault: "silent", request: "21/09", transfer: 2, every: 1 } as const);
    await using bench = hidBenchWith(component, model, { faults: [silent] });
    const pad = await bench.open();
    await pad.sendRaw("output", { id: 2, data: Uint8Array.of(255, 255) });
    const before = bench.clock.now();
    await pad[Symbol.asyncDispose]();
    expect(bench.clock.now() - before).toBe(500);
    expect(bench.warnings.at(-1)).toContain("stopping its motors failed, and is done without");
  },
);
