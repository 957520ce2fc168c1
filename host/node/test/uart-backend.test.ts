import { BackendError, UartError, type UartPort, type UartUse } from "@busbar/host/backend";
import { describe, expect, test } from "vitest";
import { createLinuxUart } from "../src/uart/backend.ts";
import { diagnoseLinuxUart, diagnoseUartPort } from "../src/uart/diagnose.ts";
import { UART_ERRNOS } from "../src/uart/errno.ts";
import { encodeTermios } from "../src/uart/termios.ts";
import { UartMachine } from "./uart-machine.ts";

const use: UartUse = {
  ...{ device: "gps", baudRate: 9600, dataBits: 8 },
  ...{ parity: "none", stopBits: 1, flowControl: "none" },
};
const never = () => new AbortController().signal;

function opened(machine = new UartMachine(), changed: Partial<UartUse> = {}): UartPort {
  const port = createLinuxUart(machine).openUart("ttyUSB0", { ...use, ...changed });
  machine.log.length = 0;
  return port as UartPort;
}

function refusal(machine: UartMachine, port = "ttyUSB0", changed: Partial<UartUse> = {}): string {
  try {
    createLinuxUart(machine).openUart(port, { ...use, ...changed });
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    return (error as BackendError).message;
  }
  return "opened";
}

async function payloadOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.catch((each: unknown) => each);
  expect(error).toBeInstanceOf(UartError);
  return (error as UartError).payload;
}

describe("opening", () => {
  test("sets the port, takes it for itself, and sets it back in the end", async () => {
    const machine = new UartMachine();
    const port = createLinuxUart(machine).openUart("/dev/ttyUSB0", use) as UartPort;
    expect(machine.log).toEqual(["open /dev/ttyUSB0", "set", "exclusive", "discard input"]);
    machine.log.length = 0;
    await port.close();
    await port.close();
    expect(machine.log).toEqual(["discard output", "set", "shared", "close"]);
    expect(machine.termios()).toEqual(new Uint8Array(44));
  });

  test.each<[string, (machine: UartMachine) => void, string]>([
    [
      "a user without the group",
      (machine) => {
        machine.openFails = 13;
        machine.texts.set("/etc/group", "root:x:0:\ndialout:x:20:\n");
      },
      "This user may not open /dev/ttyUSB0; mend it with: sudo usermod -aG dialout $USER  # then log in again",
    ],
    [
      "a tty that is exclusive",
      (machine) => {
        machine.openFails = 16;
      },
      "gps: /dev/ttyUSB0 is used by another program; end that first.",
    ],
    [
      "a tty that is locked",
      (machine) => {
        machine.isLocked = true;
      },
      "gps: /dev/ttyUSB0 is used by another program; end that first.",
    ],
    [
      "a UART that is not there",
      (machine) => {
        machine.termiosFails = 5;
      },
      "gps: there is no port behind /dev/ttyUSB0 (EIO); ",
    ],
    [
      "what is no tty after all",
      (machine) => {
        machine.termiosFails = 25;
      },
      "gps: /dev/ttyUSB0 is no serial port; ",
    ],
    [
      "too many files",
      (machine) => {
        machine.openFails = 24;
      },
      "gps: opening /dev/ttyUSB0 failed with EMFILE; ",
    ],
  ])("%s is explained, and nothing stays open", (_, change, sentence) => {
    const machine = new UartMachine();
    change(machine);
    expect(refusal(machine)).toContain(sentence);
    expect(machine.log.filter((call) => call === "close")).toHaveLength(
      machine.openFails === undefined ? 1 : 0,
    );
    machine.openFails = undefined;
    machine.termiosFails = undefined;
    machine.isLocked = false;
    expect(refusal(machine)).toBe("opened");
  });

  test.each<[Partial<UartUse>, string]>([
    [{ dataBits: 7 }, '"dataBits": 7'],
    [{ parity: "even" }, '"parity": "even"'],
    [{ parity: "mark" }, '"parity": "mark"'],
    [{ stopBits: 2 }, '"stopBits": 2'],
    [{ flowControl: "hardware" }, '"flowControl": "hardware"'],
    [{ baudRate: 250_000 }, '"baudRate": 250000'],
  ])("a driver that passes over %j is found out", (changed, setting) => {
    const machine = new UartMachine();
    machine.takes = () => encodeTermios(use, new Uint8Array(44));
    expect(refusal(machine, "ttyUSB0", changed)).toBe(
      `gps: /dev/ttyUSB0 cannot be set to ${setting}; correct the entry, or use another adapter.`,
    );
    machine.takes = (termios) => termios;
    expect(refusal(machine, "ttyUSB0", changed)).toBe("opened");
  });

  test("a speed that is a little off is the divisor's", () => {
    const machine = new UartMachine();
    machine.takes = () => encodeTermios({ ...use, baudRate: 115_384 }, new Uint8Array(44));
    expect(refusal(machine, "ttyUSB0", { baudRate: 115_200 })).toBe("opened");
  });

  test("a link is the port that it points to: the second is refused", () => {
    const machine = new UartMachine();
    machine.devices.set("/dev/serial/by-id/usb-x", machine.devices.get("/dev/ttyUSB0")!);
    const backend = createLinuxUart(machine);
    backend.openUart("ttyUSB0", use);
    expect(() => backend.openUart("serial/by-id/usb-x", { ...use, device: "other" })).toThrow(
      'other: /dev/serial/by-id/usb-x is used by "gps" of this process; end that first.',
    );
  });

  test.each([
    ["a console", 4, 1],
    ["the terminal of the process", 5, 0],
    ["a watchdog", 10, 130],
  ])("%s is never opened", (_, major, minor) => {
    const machine = new UartMachine();
    machine.devices.set("/dev/x", { ...machine.devices.get("/dev/ttyUSB0")!, major, minor });
    machine.texts.set("/sys/dev/char/4:1/subsystem", "../../class/tty");
    machine.texts.set("/sys/dev/char/5:0/subsystem", "../../class/tty");
    expect(refusal(machine, "x")).toBe('gps: /dev/x is no serial port; correct "port" of the entry.');
    expect(machine.log).toEqual([]);
  });

  test("elsewhere than on Linux the error says so; what is not there is another backend's", () => {
    const machine = new UartMachine();
    expect(createLinuxUart(machine).openUart("ttyUSB1", use)).toBeUndefined();
    machine.platform = "darwin";
    expect(refusal(machine, "sim")).toContain(
      'The serial port "sim" needs Linux and this is darwin; simulate it here',
    );
  });
});

describe("reading", () => {
  test("marks are errors in their places: before them what came before, behind them what follows", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.reads.push([1, 2, 0xff, 0x00, 0x55, 3, 0xff, 0xff, 0xff], [0x00], [0x00, 4]);
    expect(await port.read(100, 0, never())).toEqual(Uint8Array.of(1, 2));
    expect(await payloadOf(port.read(100, 0, never()))).toEqual({ tag: "framing" });
    expect(await port.read(1, 0, never())).toEqual(Uint8Array.of(3));
    expect(await port.read(100, 0, never())).toEqual(Uint8Array.of(0xff));
    // Half a mark is nothing yet.
    expect(await port.read(100, 0, never())).toEqual(new Uint8Array());
    expect(await payloadOf(port.read(100, 0, never()))).toEqual({ tag: "break" });
    expect(await port.read(100, 0, never())).toEqual(Uint8Array.of(4));
  });

  test.each([
    [{ frame: 1, parity: 0, overrun: 0 }, "framing"],
    [{ frame: 0, parity: 1, overrun: 0 }, "parity"],
    [{ frame: 1, parity: 1, overrun: 0 }, "parity"],
    [undefined, "parity"],
  ])("with a parity, the counters %j tell which it was", async (after, tag) => {
    const machine = new UartMachine();
    machine.count = after && { frame: 0, parity: 0, overrun: 0 };
    const port = opened(machine, { parity: "even" });
    machine.count = after;
    machine.reads.push([0xff, 0x00, 0x55]);
    expect(await payloadOf(port.read(100, 0, never()))).toEqual({ tag });
  });

  test("lost bytes are told once, before what came with them", async () => {
    const machine = new UartMachine();
    machine.count = { frame: 0, parity: 0, overrun: 4 };
    const port = opened(machine);
    machine.count = { ...machine.count, overrun: 6 };
    machine.reads.push([1], [2]);
    expect(await payloadOf(port.read(9, 0, never()))).toEqual({ tag: "overrun" });
    expect(await port.read(9, 0, never())).toEqual(Uint8Array.of(1));
    expect(await port.read(9, 0, never())).toEqual(Uint8Array.of(2));
  });

  test("what is discarded is forgotten with its errors", async () => {
    const machine = new UartMachine();
    machine.count = { frame: 0, parity: 0, overrun: 0 };
    const port = opened(machine);
    machine.reads.push([1, 0xff, 0x00, 0x55, 2, 0xff]);
    expect(await port.read(1, 0, never())).toEqual(Uint8Array.of(1));
    machine.count = { ...machine.count, overrun: 9 };
    await port.discard();
    machine.reads.length = 0;
    machine.reads.push([0x00, 7]);
    expect(await port.read(9, 0, never())).toEqual(Uint8Array.of(0, 7));
    expect(machine.log).toEqual(["discard input"]);
  });

  test.each(UART_ERRNOS.map(({ errno, tag, name }) => [name, errno, tag] as const))(
    "%s of a read is %s for the guest",
    async (name, errno, tag) => {
      const machine = new UartMachine();
      const port = opened(machine);
      machine.reads.push(errno);
      const error = await port.read(9, 0, never()).catch((each: unknown) => each);
      expect(error).toMatchObject({
        payload: { tag },
        message: expect.stringMatching(`^/dev/ttyUSB0: .*\\(${name}\\)$`),
      });
      machine.reads.push([1]);
      const next = port.read(9, 0, never());
      // A port that is gone stays so.
      if (tag === "disconnected") expect(await payloadOf(next)).toMatchObject({ tag });
      else expect(await next).toEqual(Uint8Array.of(1));
    },
  );

  test("a tty that hung up gives nothing, which is the end of it", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.reads.push([]);
    expect(await payloadOf(port.read(9, 0, never()))).toMatchObject({ tag: "disconnected" });
    await port.close();
    // Nothing is waited for, or set, of what is gone.
    expect(machine.log).toEqual(["shared", "close"]);
  });
});

describe("writing", () => {
  test("goes on with what did not fit, and waits for what is unsent", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.writes.push(2, -11, 1);
    await port.write(Uint8Array.of(1, 2, 3, 4));
    expect(machine.log).toEqual(["write 1,2", "pause", "pause", "write 3", "pause", "write 4"]);
    machine.log.length = 0;
    machine.unsentBytes.push(100, 3);
    await port.drain();
    expect(machine.log).toEqual(["pause", "pause"]);
  });

  test("a port that is gone says so", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.writes.push(-5);
    expect(await payloadOf(port.write(Uint8Array.of(1)))).toMatchObject({ tag: "disconnected" });
    expect(await payloadOf(port.drain())).toMatchObject({ tag: "disconnected" });
  });

  test("another speed comes after what was written; one that is passed over leaves the one before", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.unsentBytes.push(10);
    await port.setBaudRate(38_400);
    expect(machine.log).toEqual(["pause", "set"]);
    const before = machine.termios();
    machine.takes = (termios) =>
      new DataView(termios.buffer).getUint32(40, true) === 38_400 ? termios : before;
    expect(await payloadOf(Promise.resolve(port.setBaudRate(1_000_000)))).toEqual({
      ...{ tag: "other", val: "/dev/ttyUSB0: the port cannot do 1000000 baud" },
    });
    expect(machine.termios()).toEqual(before);
  });

  test("closing waits for what was written, and not for ever", async () => {
    const machine = new UartMachine();
    const port = opened(machine);
    machine.unsentBytes.push(...Array(1000).fill(20));
    await port.close();
    const pauses = machine.log.filter((call) => call === "pause").length;
    expect(pauses).toBeGreaterThan(0);
    expect(pauses).toBeLessThan(10);
    expect(machine.log.slice(pauses)).toEqual(["discard output", "set", "shared", "close"]);
  });
});

describe("ports that come and go", () => {
  const device = () => new UartMachine().devices.get("/dev/ttyUSB0")!;

  test("are told of: what was exchanged between two looks left and arrived", () => {
    const machine = new UartMachine();
    const events: string[] = [];
    const watch = createLinuxUart(machine).watchUart("ttyUSB0", (event) => events.push(event));
    machine.tick();
    expect(events).toEqual([]);
    machine.devices.set("/dev/ttyUSB0", { ...device(), inode: 8 });
    machine.tick();
    expect(machine.isKept).toBe(false);
    machine.devices.delete("/dev/ttyUSB0");
    machine.tick();
    machine.tick();
    // Whoever waits for it waits on, though nothing else is to be done.
    expect(machine.isKept).toBe(true);
    machine.devices.set("/dev/ttyUSB0", { ...device(), inode: 9 });
    machine.tick();
    expect(events).toEqual(["left", "arrived", "left", "arrived"]);
    watch[Symbol.dispose]();
    expect(machine.ticks).toEqual([]);
  });

  test("one whose rights udev has not set yet arrives a look later", () => {
    const machine = new UartMachine();
    machine.devices.delete("/dev/ttyUSB0");
    const events: string[] = [];
    createLinuxUart(machine).watchUart("ttyUSB0", (event) => events.push(event));
    machine.devices.set("/dev/ttyUSB0", { ...device(), usable: false });
    machine.tick();
    expect(events).toEqual([]);
    machine.tick();
    expect(events).toEqual(["arrived"]);
  });
});

describe("busbar doctor", () => {
  function machine(): UartMachine {
    const made = new UartMachine();
    for (const name of ["ttyUSB0", "ttyUSB10", "ttyS0", "ttyS1", "tty1"]) {
      made.texts.set(`/sys/class/tty/${name}/dev`, "1:1");
      if (name !== "tty1") made.texts.set(`/sys/class/tty/${name}/device`, "../../../x");
    }
    made.texts.set("/sys/class/tty/ttyS0/type", "4\n");
    made.texts.set("/sys/class/tty/ttyS1/type", "0\n");
    return made;
  }

  test("names the ports that something is behind, and who may open them", () => {
    const findings = diagnoseLinuxUart(machine());
    expect(findings[0]).toEqual({
      ...{ id: "uart", ok: true, what: "The kernel knows the serial ports ttyS0, ttyUSB0, ttyUSB10." },
    });
    expect(findings.slice(1).map(({ id, ok }) => [id, ok])).toEqual([
      ...[
        ["/dev/ttyS0", false],
        ["/dev/ttyUSB0", true],
        ["/dev/ttyUSB10", false],
      ],
    ]);
    expect(diagnoseLinuxUart(new UartMachine())).toEqual([]);
  });

  test("says of an entry's port what is wrong with it", () => {
    const found = (port: string, change: (made: UartMachine) => void = () => undefined) => {
      const made = machine();
      change(made);
      return diagnoseUartPort(port, "devices.gps.uart", made);
    };
    expect(found("/dev/ttyUSB0")).toEqual({
      id: "devices.gps.uart",
      ok: true,
      what: "This user may use /dev/ttyUSB0.",
    });
    expect(found("ttyACM0")).toMatchObject({
      ...{
        ok: false,
        what: 'This machine has no serial port "ttyACM0" now; it has ttyS0, ttyUSB0, ttyUSB10.',
      },
    });
    expect(found("ttyUSB0", (made) => made.texts.delete("/sys/dev/char/188:0/subsystem"))).toMatchObject({
      ...{ ok: false, what: "/dev/ttyUSB0 is no serial port." },
    });
    expect(
      found("ttyUSB0", (made) => {
        made.devices.get("/dev/ttyUSB0")!.usable = false;
      }),
    ).toMatchObject({
      ...{ ok: false, what: "This user may not open /dev/ttyUSB0." },
    });
    expect(
      found("ttyUSB0", (made) => {
        made.platform = "darwin";
      }),
    ).toMatchObject({ ok: false });
  });
});
