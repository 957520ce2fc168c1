/** Cases of public bug reports and of devices that refuse what is optional, on the built component. */

import { join } from "node:path";
import type { DeviceError } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { DescribedPort, SimulatedUsb, VirtualClock, withOddity } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { bytes, readVectors } from "./support.ts";

interface SerialCase {
  readonly id: string;
  readonly device: {
    readonly configuration_hex: string;
    readonly vendor_id?: number;
    readonly product_id?: number;
    readonly stall?: readonly string[];
    readonly silent?: readonly string[];
  };
  readonly right_in_words: string;
  readonly right: {
    /** Control and data interface of each port. */
    readonly ports?: readonly (readonly [number, number])[];
    readonly open_error?: boolean;
    readonly code?: readonly string[];
  };
  /** What is granted where it is not the interfaces of the ports. */
  readonly interfaces?: readonly number[];
}

const component = join(import.meta.dirname, "../dist/cdc-acm.wasm");
/** As long as three optional requests take that are never answered. */
const LONGEST_OPEN_MS = 1500;

const cases = ["d_cdc_descriptors", "i_cdc_optional", "n_serial", "each_odd"].flatMap(
  (file) => (readVectors(`faults/${file}`) as { readonly cases: readonly SerialCase[] }).cases,
);

async function boardWith({ device }: SerialCase, interfaces: readonly number[]) {
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  const { configuration_hex, vendor_id = 0x1209, product_id = 2, stall = [], silent = [] } = device;
  const configuration = bytes(configuration_hex);
  const port = new DescribedPort({ configuration, vendorId: vendor_id, productId: product_id });
  usb.plug("1-1", withOddity(port, { stall, silent }));
  const vendorId = `0x${vendor_id.toString(16).padStart(4, "0")}`;
  const board = await openBoard(
    { devices: { console: { driver: component, usb: { vendorId, interfaces: [...interfaces] } } } },
    { clock, i2c: [], usb: [usb] },
  );
  return { board, clock };
}

describe("a case of a bug report", () => {
  test.each(cases)("$id: $right_in_words", async (each) => {
    const { ports = [], open_error, code } = each.right;
    if (open_error) {
      const { board } = await boardWith(each, each.interfaces ?? [0, 1]);
      await using _ = board;
      const error: DeviceError = await board.serialPort("console").then(
        () => undefined as never,
        (thrown) => thrown,
      );
      expect(code).toContain(error.code);
      return;
    }
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) {
      const { board, clock } = await boardWith(each, each.interfaces ?? [...new Set(port)]);
      await using _ = board;
      const beforeMs = clock.now();
      const opened = await board.serialPort("console");
      expect(clock.now() - beforeMs).toBeLessThanOrEqual(LONGEST_OPEN_MS);
      const sent = Uint8Array.of(1, 2, 3);
      await opened.write(sent);
      expect(await opened.read({ timeoutMs: 1000 })).toEqual(sent);
      await opened[Symbol.asyncDispose]();
    }
  });

  test.each([
    ["more than there is", 40],
    ["less than there is, but no endpoint less", 0],
  ])("wTotalLength says %s: the port works", async (_, more) => {
    const [plain] = cases.filter(({ id }) => id === "line_coding_stall");
    const configuration = bytes(plain!.device.configuration_hex);
    configuration[2] = configuration[2]! + more;
    // Behind its end, where it says too little.
    const configuration_hex = `${Buffer.from(configuration).toString("hex")}${more === 0 ? "0904" : ""}`;
    const { board } = await boardWith({ ...plain!, device: { configuration_hex } }, [0, 1]);
    await using _board = board;
    const port = await board.serialPort("console");
    await port.write(Uint8Array.of(1));
    expect(await port.read({ timeoutMs: 1000 })).toEqual(Uint8Array.of(1));
  });
});
