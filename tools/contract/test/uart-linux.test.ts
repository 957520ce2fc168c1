/** Serial ports on the kernel itself: a pseudo terminal is a tty with all of its line discipline, and no speed. */

import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { UartError, type UartUse } from "@busbar/host/backend";
import { linuxUart } from "@busbar/host-node";
import { describe, expect, test } from "vitest";
import { Pty } from "../src/pty.ts";
import { type UartBackendContract, uartBackendContract } from "../src/uart-backend.ts";

const isLinux = process.platform === "linux";

const contract: UartBackendContract = {
  name: "Linux, on a pseudo terminal",
  setUp() {
    const pty = new Pty();
    return {
      port: pty.port,
      backend: linuxUart(),
      send: (bytes) => pty.send(bytes),
      received: () => pty.received(),
      pass: () => setTimeout(5),
      unplug: () => pty.unplug(),
      tearDown: () => pty.unplug(),
    };
  },
};
if (isLinux) uartBackendContract(contract);

const use: UartUse = {
  ...{ device: "subject", baudRate: 9600, dataBits: 8 },
  ...{ parity: "none", stopBits: 1, flowControl: "none" },
};

describe.runIf(isLinux)("a pseudo terminal", () => {
  test("cannot have a parity, which is said and not passed over", () => {
    const pty = new Pty();
    expect(() => linuxUart().openUart(pty.port, { ...use, parity: "even" })).toThrow(
      `subject: /dev/${pty.port} cannot be set to "parity": "even"; correct the entry, or use another adapter.`,
    );
    expect(() => linuxUart().openUart(pty.port, { ...use, dataBits: 7 })).toThrow('"dataBits": 7');
    pty.unplug();
  });

  test("is set to any speed, also to one that has no name", async () => {
    const pty = new Pty();
    const port = (await linuxUart().openUart(pty.port, { ...use, baudRate: 31_250 }))!;
    await port.setBaudRate(250_000);
    await port.setBaudRate(50);
    await port.close();
    pty.unplug();
  });

  test("a port that another program has locked is refused", async () => {
    const pty = new Pty();
    // What a terminal program does that takes care of others.
    const holder = spawn("flock", ["--nonblock", `/dev/${pty.port}`, "sh", "-c", "echo has it; read line"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve, reject) => {
      holder.stdout.once("data", resolve);
      holder.once("error", reject);
    });
    try {
      expect(() => linuxUart().openUart(pty.port, use)).toThrow("is used by another program; end that first");
    } finally {
      holder.stdin.end("\n");
      pty.unplug();
    }
  });

  test("files that are no serial ports are refused without being opened", () => {
    for (const name of ["null", "tty1", "ptmx", "console"]) {
      let refused: unknown;
      try {
        const port = linuxUart().openUart(name, use);
        // A machine without it.
        if (port === undefined) continue;
      } catch (error) {
        refused = error;
      }
      expect(refused).toMatchObject({
        message: `subject: /dev/${name} is no serial port; correct "port" of the entry.`,
      });
    }
  });

  test("after it was pulled out every call says so, and closing does not mind", async () => {
    const pty = new Pty();
    const port = (await linuxUart().openUart(pty.port, use))!;
    pty.unplug();
    for (let round = 0; round < 2; round += 1) {
      const error = await port.read(1, 1000, new AbortController().signal).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UartError);
      expect(error).toMatchObject({ payload: { tag: "disconnected" } });
    }
    await port.close();
  });
});
