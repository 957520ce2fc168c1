/**
 * Programs and drivers of other tool chains (tools/foreign) on the kernel's devices: a Rust program against the loopback gadget,
 * a driver in C over /dev/i2c-N, a Go program in a folder. They are left out where they were not built.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { attachI2cAdapter, Gadget, inVirtualMachine, startUdevd, waitFor } from "@busbar/lab/guest";
import { describe, expect, it } from "vitest";
import { gadgetGrant, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0007;

const componentOf = (name: string) =>
  join(import.meta.dirname, "../../../.cache/foreign/components", `${name}.wasm`);

const built = (name: string) => describe.runIf(inVirtualMachine() && existsSync(componentOf(name)));

/** Runs the one app of a board, and gives what it prints as it does so. */
function printing(): { readonly text: string; take(bytes: Uint8Array): void } {
  return {
    text: "",
    take(bytes) {
      (this as { text: string }).text += new TextDecoder().decode(bytes);
    },
  };
}

built("usb-rust")("a Rust program over component:usb, on the kernel's loopback", () => {
  const board = (): BoardFile => ({
    devices: { echo: { usb: gadgetGrant(PRODUCT_ID, [0]) } },
    apps: { usb: { component: componentOf("usb-rust"), uses: ["echo"] } },
  });

  it("lists, echoes, and is told what comes and goes", async () => {
    await using _ = await startUdevd();
    using gadget = new Gadget({
      name: "foreign",
      productId: PRODUCT_ID,
      functions: [{ name: "Loopback.0" }],
    });
    gadget.plug();
    await using opened = await openBoard(board());
    const id = "1209:0007";
    const listed = printing();
    await waitFor("list the gadget", async () => {
      await opened.run("usb", { output: (bytes) => listed.take(bytes), arguments: ["list"] });
      return listed.text === "" ? undefined : listed.text;
    });
    expect(listed.text).toMatch(new RegExp(`^${id} UsbSpeed::High on bus \\d+\n$`));
    const echoed = printing();
    await opened.run("usb", { output: (bytes) => echoed.take(bytes), arguments: ["echo", "20"] });
    expect(echoed.text).toBe("20 packets came back\n");
    const seen = printing();
    const waiting = opened.run("usb", { output: (bytes) => seen.take(bytes), arguments: ["wait"] });
    const saw = (text: string) => waitFor(text, async () => (seen.text.endsWith(text) ? true : undefined));
    await saw(`${id} arrived\n`);
    gadget.unplug();
    await saw(`${id} left\n`);
    gadget.plug();
    await waiting;
    expect(seen.text).toBe(`${id} arrived\n${id} left\n${id} arrived\n`);
  });
});

built("sensor-c")("a driver in C, over /dev/i2c-N", () => {
  it("reads a TMP102", async () => {
    await using adapter = await attachI2cAdapter([{ address: 0x48, model: "tmp102", temperature: -12.5 }]);
    await using board = await openBoard({
      devices: {
        indoor: {
          driver: componentOf("sensor-c"),
          i2c: { bus: adapter.busNumber, address: "0x48" },
          limits: SLOW_LIMITS,
        },
      },
    });
    expect(await (await board.sensor("indoor")).read()).toEqual({ temperature: -12.5 });
  });
});

built("folder-go")("a Go program", () => {
  it("works in its folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "busbar-foreign-"));
    try {
      await using board = await openBoard(
        {
          devices: {},
          apps: {
            folder: {
              component: componentOf("folder-go"),
              folder: { path: join(folder, "out"), write: true, overwrite: true },
            },
          },
        },
        { folder },
      );
      const printed = printing();
      await board.run("folder", { output: (bytes) => printed.take(bytes) });
      expect(printed.text).toContain('all: "one two three fo"');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
