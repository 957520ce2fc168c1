import type { HostError, SimulateEntry } from "@busbar/host";
import { UartError, type UartUse } from "@busbar/host/backend";
import { describe, expect, test } from "vitest";
import {
  SimulatedUart,
  simulate,
  simulatedUart,
  type UartForm,
  type UartPart,
  usualUartForm,
  VirtualClock,
} from "../src/index.ts";

const use: UartUse = { ...usualUartForm, device: "test", flowControl: "none" };
const never = () => new AbortController().signal;

/** Sends a text at a time, and keeps what it hears and when. */
class Talker implements UartPart {
  readonly form: UartForm | undefined;
  readonly heard: (readonly [byte: number, atMs: number])[] = [];
  readonly #texts: { readonly text: string; readonly atMs: number }[];

  constructor(
    texts: readonly { text: string; atMs: number }[] = [],
    form: UartForm | undefined = usualUartForm,
  ) {
    this.#texts = [...texts];
    this.form = form;
  }

  get nextMs(): number | undefined {
    return this.#texts[0]?.atMs;
  }

  send(): Uint8Array {
    return new TextEncoder().encode(this.#texts.shift()!.text);
  }

  receive(byte: number, atMs: number): void {
    this.heard.push([byte, atMs]);
  }
}

function wire(part: UartPart, changed: Partial<UartUse> = {}) {
  const clock = new VirtualClock();
  const uart = new SimulatedUart(part, clock);
  const port = uart.open({ ...use, ...changed })!;
  const read = async (timeoutMs = 1000) => new TextDecoder().decode(await port.read(100, timeoutMs, never()));
  return { clock, port, read, uart };
}

/** What a read throws. */
async function thrown(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((each: unknown) => each);
  expect(error).toBeInstanceOf(UartError);
  return (error as UartError).payload.tag;
}

describe("a line", () => {
  test("takes ten bits for each byte, and hands over as a 16550A does", async () => {
    const { clock, read } = wire(new Talker([{ text: "0123456789abcdefXY", atMs: 5 }]));
    const byteMs = 10 / 9.6;
    expect(await read()).toBe("0123456789abcd");
    expect(clock.now()).toBeCloseTo(5 + 14 * byteMs, 6);
    expect(await read()).toBe("efXY");
    expect(clock.now()).toBeCloseTo(5 + 18 * byteMs + 4 * byteMs, 6);
  });

  test("takes its time the other way, too, and a drain waits for that", async () => {
    const part = new Talker();
    const { clock, port } = wire(part, { parity: "even", stopBits: 2 });
    part.heard.length = 0;
    await port.write(Uint8Array.of(1, 2));
    expect(clock.now()).toBe(0);
    await port.drain();
    expect(clock.now()).toBeCloseTo((2 * 12) / 9.6, 6);
  });

  test("the part hears each byte when it is whole", async () => {
    const part = new Talker();
    const { clock, port } = wire(part);
    await port.write(Uint8Array.of(7, 8));
    await clock.sleep(50);
    await port.read(1, 0, never());
    expect(part.heard.map(([byte]) => byte)).toEqual([7, 8]);
    expect(part.heard[1]![1]).toBeCloseTo(20 / 9.6, 6);
  });

  test.each<[string, Partial<UartUse>, string]>([
    ["another speed", { baudRate: 19_200 }, "framing"],
    ["fewer data bits", { dataBits: 7 }, "framing"],
    ["a parity", { parity: "odd" }, "parity"],
  ])("%s on one side disturbs the bytes, both ways", async (_, changed, tag) => {
    const part = new Talker([{ text: "x", atMs: 1 }]);
    const { clock, port } = wire(part, changed);
    expect(await thrown(port.read(1, 1000, never()))).toBe(tag);
    await port.write(Uint8Array.of(1));
    await clock.sleep(50);
    await port.read(1, 0, never());
    expect(part.heard).toEqual([]);
  });

  test("a speed that is a little off, and one more stop bit, do not", async () => {
    const { read } = wire(new Talker([{ text: "x", atMs: 1 }]), { baudRate: 9700, stopBits: 2 });
    expect(await read()).toBe("x");
  });

  test("switching to the part's speed mends it", async () => {
    const fast = { ...usualUartForm, baudRate: 38_400 };
    const { port, read } = wire(
      new Talker(
        [
          { text: "a", atMs: 1 },
          { text: "b", atMs: 30 },
        ],
        fast,
      ),
    );
    expect(await thrown(port.read(1, 10, never()))).toBe("framing");
    await port.setBaudRate(38_400);
    expect(await read()).toBe("b");
  });

  test("keeps 4096 bytes of what nobody reads, and says once that others were lost", async () => {
    const { clock, port, read } = wire(
      new Talker([
        { text: "y".repeat(5000), atMs: 0 },
        { text: "z", atMs: 9000 },
      ]),
    );
    await clock.sleep(6000);
    let length = 0;
    while (length < 4096) length += (await read()).length;
    expect(length).toBe(4096);
    expect(await thrown(port.read(1, 0, never()))).toBe("overrun");
    expect(await read(10_000)).toBe("z");
  });

  test("what came before it was opened is nobody's", async () => {
    const clock = new VirtualClock();
    const uart = new SimulatedUart(
      new Talker([
        { text: "old", atMs: 1 },
        { text: "new", atMs: 200 },
      ]),
      clock,
    );
    await clock.sleep(100);
    const port = uart.open(use)!;
    expect(new TextDecoder().decode(await port.read(9, 500, never()))).toBe("new");
  });
});

describe("faults", () => {
  const talk = () =>
    new Talker([
      { text: "abcdefgh", atMs: 1 },
      { text: "AB", atMs: 100 },
    ]);

  test.each(["framing", "parity", "break", "overrun", "other"] as const)(
    "%s ends the call that it strikes",
    async (fault) => {
      const { port, read, uart } = wire(talk());
      uart.inject({ fault, call: 2 });
      expect(await read()).toBe("abcdefgh");
      expect(await thrown(port.read(1, 0, never()))).toBe(fault);
      expect(await read()).toBe("AB");
      expect(uart.calls).toBe(3);
    },
  );

  test("garbage is as long, short loses a half, silence all, and a write is not sent", async () => {
    const garbage = wire(talk());
    garbage.uart.inject({ fault: "garbage", seed: 7 });
    expect(await garbage.read()).not.toBe("abcdefgh");
    expect(await garbage.read()).toBe("AB");
    const short = wire(talk());
    short.uart.inject({ fault: "short" });
    expect(await short.read()).toBe("abcd");
    const part = talk();
    const silence = wire(part);
    silence.uart.inject({ fault: "silence", count: 2 });
    expect(await silence.read(50)).toBe("");
    await silence.port.write(Uint8Array.of(1));
    expect(await silence.read()).toBe("AB");
    expect(part.heard).toEqual([]);
  });

  test("disconnected unplugs it, and it is back after a second", async () => {
    const { clock, port, uart } = wire(talk());
    const events: string[] = [];
    using _ = uart.watch((event) => events.push(`${event} ${clock.now()}`));
    uart.inject({ fault: "disconnected" });
    expect(await thrown(port.read(1, 0, never()))).toBe("disconnected");
    expect(uart.open(use)).toBeUndefined();
    await clock.sleep(1000);
    expect(events).toEqual(["left 0", "arrived 1000"]);
    expect(uart.open(use)).toBeDefined();
    expect(await thrown(port.read(1, 0, never()))).toBe("disconnected");
  });
});

describe("the list of a board", () => {
  const entry = (more: object = {}): SimulateEntry => ({ uart: "sim", model: "loopback", ...more });
  const refusal = (...entries: SimulateEntry[]) => {
    try {
      simulate(entries, new VirtualClock());
    } catch (error) {
      expect(error).toMatchObject({ code: "board" });
      return (error as HostError).message;
    }
    return "accepted";
  };

  test("has each port once, under its one name", () => {
    expect([...simulatedUart([entry(), entry({ uart: "/dev/ttyUSB0" })], new VirtualClock()).keys()]).toEqual(
      [...["sim", "ttyUSB0"]],
    );
    expect(refusal(entry({ uart: "ttyUSB0" }), entry({ uart: "/dev/ttyUSB0" }))).toBe(
      "simulate[1] (loopback on the serial port /dev/ttyUSB0): Something is on this port already; choose another name.",
    );
  });

  test.each([
    [{ more: 1 }, '"more" is no parameter of this model'],
    [{ faults: [{ fault: "stall" }] }, '"faults.0.fault"'],
    [{ model: "registers" }, "There is no such model"],
  ])("%j is refused", (more, message) => {
    expect(refusal(entry(more))).toContain(message);
  });

  test("a model of another bus is refused, with what to write", () => {
    const models = new Map<string, unknown>([["part", { bus: "spi", create: () => undefined }]]);
    expect(() => simulate([entry({ model: "part" })], new VirtualClock(), models)).toThrow(
      'It is the model of an SPI device; write "spi" and "chipSelect" instead of "uart".',
    );
  });

  test("what is sent on a loopback is received", async () => {
    const backend = simulate([entry()], new VirtualClock());
    const port = (await backend.openUart("sim", use))!;
    await port.write(Uint8Array.of(1, 2, 3));
    expect(await port.read(9, 100, never())).toEqual(Uint8Array.of(1, 2, 3));
    expect([await backend.hasUart("sim"), await backend.hasUart("other")]).toEqual([true, false]);
  });
});
