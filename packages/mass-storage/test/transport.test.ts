/** Bulk-only transport on exact transfers: each case of BOT 6.7, each phase failing, recovery, bounds. */

import { DriverError, type LibusbError, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, UsbPlayback } from "@busbar/guest/usb-playback";
import { describe, expect, test } from "vitest";
import type { Command } from "../src/bot.ts";
import { BulkOnlyTransport, type TransportOptions } from "../src/transport.ts";
import { IN, OUT, portReset, recovery, status, stick, wrapper } from "./stick.ts";

const noData: Command = { lun: 0, block: new Uint8Array(6), direction: "none", length: 0 };
const dataIn: Command = { lun: 0, block: new Uint8Array(10).fill(0x28, 0, 1), direction: "in", length: 1024 };
const dataOut: Command = { ...dataIn, block: new Uint8Array(10).fill(0x2a, 0, 1), direction: "out" };

const whole = new Uint8Array(1024).map((_, index) => index & 0xff);

/** Runs `body` on a stick that plays these steps; everything must be played, and nothing left pending. */
function play<Result>(
  expected: readonly ExpectedUsbStep[],
  body: (transport: BulkOnlyTransport) => Result,
  queue: TransportOptions["queue"] = 1,
  warnings: string[] = [],
): Result {
  const playback = new UsbPlayback(stick, expected);
  const usb = new UsbDevice(playback.host, "stick", (message) => warnings.push(message));
  usb.claim(0);
  const pipes = { interfaceNumber: 0, inEndpoint: IN, outEndpoint: OUT, inPacketBytes: 512 };
  try {
    return body(new BulkOnlyTransport(usb, pipes, { queue, timeoutMs: 1000 }));
  } finally {
    playback.done();
    expect(playback.pending).toBe(0);
  }
}

/** The error that `body` throws. */
function failureOf(body: () => unknown): DriverError {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const execute = (command: Command) => (transport: BulkOnlyTransport) =>
  transport.execute(command, command.direction === "out" ? whole : undefined);

describe.each([0, 1, 2] as const)("the thirteen cases of BOT 6.7, queue %i", (queue) => {
  const stall = { error: "pipe" } as const;
  const data = (bytes: Uint8Array) => ({ endpoint: IN, in: bytes, length: 1024 });
  const sent = { endpoint: OUT, out: whole };
  const answer = (value = 0, residue = 0) => ({ endpoint: IN, in: status(1, value, residue) });

  /** With transfers ahead, the read of the status is submitted again after a stall of IN. */
  const afterStall = (clear: number, last: ExpectedUsbStep): ExpectedUsbStep[] => {
    const ahead: ExpectedUsbStep[] = [{ endpoint: IN, in: new Uint8Array(5) }];
    if (clear === OUT) return queue > 0 ? [last, { clearHalt: OUT }] : [{ clearHalt: OUT }, last];
    return [...(queue > 0 ? ahead : []), { clearHalt: IN }, last];
  };

  const passed = (processed: number, bytes = new Uint8Array()) => ({ passed: true, processed, data: bytes });

  test.each<[string, Command, ExpectedUsbStep[], object]>([
    ["1: Hn = Dn", noData, [answer()], passed(0)],
    ["4: Hi > Dn, a packet of nothing", dataIn, [data(new Uint8Array()), answer(0, 1024)], passed(0)],
    [
      "4: Hi > Dn, a stall",
      dataIn,
      [{ ...data(whole), ...stall }, ...afterStall(IN, answer(0, 1024))],
      passed(0),
    ],
    ["5: Hi > Di, short", dataIn, [data(whole.slice(0, 36)), answer(0, 988)], passed(36, whole.slice(0, 36))],
    [
      "5: Hi > Di, a stall",
      dataIn,
      [{ ...data(whole), ...stall }, ...afterStall(IN, answer(0, 988))],
      passed(36),
    ],
    [
      "5: Hi > Di, padded, or a nonsensical residue",
      dataIn,
      [data(whole), answer(0, 988)],
      passed(36, whole),
    ],
    ["6: Hi = Di", dataIn, [data(whole), answer()], passed(1024, whole)],
    ["9: Ho > Dn, a stall", dataOut, [{ ...sent, ...stall }, ...afterStall(OUT, answer(0, 1024))], passed(0)],
    ["9: Ho > Dn, taken and forgotten", dataOut, [sent, answer(0, 1024)], passed(0)],
    ["11: Ho > Do", dataOut, [sent, answer(0, 512)], passed(512)],
    ["12: Ho = Do", dataOut, [sent, answer()], passed(1024)],
  ])("%s", (_, command, expected, result) => {
    expect(play([wrapper(1, command), ...expected], execute(command), queue)).toEqual(result);
  });

  /** In these, the device answers with a phase error; then it is asked again. */
  test.each<[string, Command, ExpectedUsbStep[]]>([
    ["2: Hn < Di", noData, [answer(2)]],
    ["3: Hn < Do", noData, [answer(2)]],
    ["7: Hi < Di", dataIn, [data(whole), answer(2)]],
    ["8: Hi <> Do", dataIn, [{ ...data(whole), ...stall }, ...afterStall(IN, answer(2))]],
    ["10: Ho <> Di", dataOut, [{ ...sent, ...stall }, ...afterStall(OUT, answer(2))]],
    ["13: Ho < Do", dataOut, [sent, answer(2)]],
  ])("%s", (_, command, expected) => {
    const again = [2, 3].flatMap((tag): ExpectedUsbStep[] => [
      ...(tag === 2 ? recovery : [portReset]),
      wrapper(tag, command),
      ...(command.direction === "in" ? [data(whole)] : command.direction === "out" ? [sent] : []),
      { endpoint: IN, in: status(tag, 2) },
    ]);
    const error = failureOf(() =>
      play([wrapper(1, command), ...expected, ...again, portReset], execute(command), queue),
    );
    expect(error.payload).toMatchObject({ tag: "protocol", val: expect.stringContaining("a phase error") });
  });

  test("7: Hi < Di, more than fits", () => {
    const steps: ExpectedUsbStep[] = [
      wrapper(1, dataIn),
      { ...data(whole), error: "overflow" },
      ...(queue > 0 ? [answer()] : []),
      ...recovery,
      wrapper(2, dataIn),
      data(whole),
      { endpoint: IN, in: status(2) },
    ];
    expect(play(steps, execute(dataIn), queue)).toEqual(passed(1024, whole));
  });
});

describe("the status", () => {
  const before = [wrapper(1, noData)];

  test("is read again after a stall", () => {
    const steps: ExpectedUsbStep[] = [
      ...before,
      { endpoint: IN, in: [], error: "pipe" },
      { clearHalt: IN },
      { endpoint: IN, in: status(1, 1) },
    ];
    expect(play(steps, execute(noData)).passed).toBe(false);
  });

  test("is read again after a packet of nothing", () => {
    const steps: ExpectedUsbStep[] = [...before, { endpoint: IN, in: [] }, { endpoint: IN, in: status(1) }];
    expect(play(steps, execute(noData)).passed).toBe(true);
  });

  test("stalled twice: reset recovery, and the command again", () => {
    const stall: ExpectedUsbStep = { endpoint: IN, in: [], error: "pipe" };
    const steps: ExpectedUsbStep[] = [
      ...before,
      stall,
      { clearHalt: IN },
      stall,
      { clearHalt: IN },
      ...recovery,
      wrapper(2, noData),
      { endpoint: IN, in: status(2) },
    ];
    expect(play(steps, execute(noData)).passed).toBe(true);
  });

  test("comes where data are awaited", () => {
    const steps: ExpectedUsbStep[] = [
      wrapper(1, dataIn),
      { endpoint: IN, in: status(1, 1, 1024), length: 1024 },
      { endpoint: IN, in: [] },
    ];
    expect(play(steps, execute(dataIn))).toEqual({ passed: false, processed: 0, data: new Uint8Array() });
  });

  const first: ExpectedUsbStep[] = [wrapper(1, noData), { endpoint: IN, in: status(1) }];

  test.each<[string, Uint8Array, string]>([
    ["of another command", status(77), "that of another command"],
    ["without its signature", status(1).with(0, 0), "not valid"],
    ["of 12 bytes", status(1).slice(0, 12), "not valid"],
    ["of 14 bytes", new Uint8Array(14), "not valid"],
    ["of a reserved value", status(1, 3), "does not exist"],
  ])("%s: tried three times, each with a reset recovery, the later ones of the port", (_, wrong, reason) => {
    const steps = [2, 3, 4].flatMap((tag): ExpectedUsbStep[] => {
      const answer = wrong.slice();
      // All but the one with a wrong tag have the right one.
      if (reason !== "that of another command" && answer.length >= 8) answer[4] = tag;
      return [wrapper(tag, noData), { endpoint: IN, in: answer }, ...(tag === 2 ? recovery : [portReset])];
    });
    const { payload } = failureOf(() =>
      play([...first, ...steps], (transport) => {
        transport.execute(noData);
        transport.execute(noData);
      }),
    );
    expect(payload).toMatchObject({ tag: "protocol", val: expect.stringContaining(reason) });
  });

  test("with a residue of more than everything is one of a command that did nothing", () => {
    const steps = [
      wrapper(1, dataOut),
      { endpoint: OUT, out: whole },
      { endpoint: IN, in: status(1, 0, 1025) },
    ];
    expect(play(steps, execute(dataOut))).toMatchObject({ passed: true, processed: 0 });
  });

  test("with a signature of the device's own, which the first one shows, is as good as any", () => {
    const own = (tag: number) => status(tag).with(0, 0x41);
    const steps: ExpectedUsbStep[] = [
      wrapper(1, noData),
      { endpoint: IN, in: own(1) },
      wrapper(2, noData),
      { endpoint: IN, in: own(2) },
      wrapper(3, noData),
      { endpoint: IN, in: status(3) },
    ];
    play(steps, (transport) => {
      for (let command = 0; command < 3; command += 1) expect(transport.execute(noData).passed).toBe(true);
    });
  });

  test("with a tag that is never the command's is believed after a reset recovery, and from then on at once", () => {
    const steps: ExpectedUsbStep[] = [
      wrapper(1, noData),
      { endpoint: IN, in: status(0) },
      ...recovery,
      wrapper(2, noData),
      { endpoint: IN, in: status(0) },
      wrapper(3, noData),
      { endpoint: IN, in: status(0, 1) },
    ];
    const warnings: string[] = [];
    play(
      steps,
      (transport) => {
        expect(transport.execute(noData).passed).toBe(true);
        expect(transport.execute(noData).passed).toBe(false);
      },
      0,
      warnings,
    );
    expect(warnings).toEqual([expect.stringContaining("tags are not looked at")]);
  });
});

describe("a transfer fails", () => {
  /** The steps of a read whose transfer `phase` ends like that. */
  function struck(phase: number, error: LibusbError, tag = 1): ExpectedUsbStep[] {
    const all: ExpectedUsbStep[] = [
      wrapper(tag, dataIn),
      { endpoint: IN, in: whole, length: 1024 },
      { endpoint: IN, in: status(tag) },
    ];
    return all.map((step, index) => (index === phase ? { ...step, error } : step));
  }

  const phases: [string, number][] = [
    ["command", 0],
    ["data", 1],
    ["status", 2],
  ];

  test.each(phases)("%s, io: reset recovery, and the command again", (_, phase) => {
    const steps = [...struck(phase, "io"), ...recovery, ...struck(-1, "io", 2)];
    expect(play(steps, execute(dataIn))).toMatchObject({ passed: true, processed: 1024 });
  });

  test("a stall of the command: reset recovery, and the command again", () => {
    const steps = [...struck(0, "pipe"), ...recovery, ...struck(-1, "io", 2)];
    expect(play(steps, execute(dataIn))).toMatchObject({ passed: true, processed: 1024 });
  });

  test("only a part of the command is taken", () => {
    const [first, ...rest] = struck(-1, "io");
    const steps = [{ ...first!, sent: 30 } as ExpectedUsbStep, ...rest, ...recovery, ...struck(-1, "io", 2)];
    expect(play(steps, execute(dataIn))).toMatchObject({ passed: true, processed: 1024 });
  });

  test.each(phases)("%s, timeout: reset recovery, and the error at once", (_, phase) => {
    const { payload } = failureOf(() => play([...struck(phase, "timeout"), ...recovery], execute(dataIn)));
    expect(payload.tag).toBe("timeout");
  });

  test.each(phases)("%s, no-device: nothing is tried any more", (_, phase) => {
    expect(failureOf(() => play(struck(phase, "no-device"), execute(dataIn))).payload.tag).toBe(
      "disconnected",
    );
  });

  test.each(phases)("%s, submit refused: what was submitted before is ended", (_, phase) => {
    const steps = struck(-1, "io").slice(0, phase + 1);
    steps[phase] = { ...steps[phase]!, submitError: "access" };
    expect(failureOf(() => play(steps, execute(dataIn))).payload.tag).toBe("access-denied");
  });

  test("a device that does not know the reset is brought back by its halts", () => {
    const [reset, ...halts] = recovery;
    const steps = [
      ...struck(0, "pipe"),
      { ...reset!, error: "pipe" } as ExpectedUsbStep,
      ...halts,
      ...struck(-1, "io", 2),
    ];
    expect(play(steps, execute(dataIn)).passed).toBe(true);
  });

  test("a device that does not answer the reset as well", () => {
    const [reset, ...halts] = recovery;
    const steps = [
      ...struck(0, "pipe"),
      { ...reset!, error: "timeout" } as ExpectedUsbStep,
      ...halts,
      ...struck(-1, "io", 2),
    ];
    expect(play(steps, execute(dataIn)).passed).toBe(true);
  });

  describe.each([0, 1, 2])("step %i of the recovery fails", (step) => {
    const broken = recovery.slice(0, step + 1);
    broken[step] = { ...broken[step]!, error: "io" };

    test("the port is reset, and the command goes again", () => {
      const steps = [...struck(0, "pipe"), ...broken, portReset, ...struck(-1, "io", 2)];
      expect(play(steps, execute(dataIn)).passed).toBe(true);
    });

    test("where that is not allowed, it is the error", () => {
      const steps = [...struck(0, "pipe"), ...broken, { ...portReset, error: "access" } as ExpectedUsbStep];
      expect(failureOf(() => play(steps, execute(dataIn))).payload.tag).toBe("bus");
    });
  });

  test("a port reset that is not allowed is asked for once, and its class's own reset is used", () => {
    const denied = { ...portReset, error: "access" } as ExpectedUsbStep;
    const steps = [1, 2, 3, 4, 5, 6].flatMap((tag): ExpectedUsbStep[] => [
      // Of a command that is sent again, the other transfers wait for the first.
      ...struck(0, "pipe", tag).slice(0, tag % 3 === 1 ? 3 : 1),
      ...(tag === 2 ? [denied, ...recovery] : recovery),
    ]);
    play(steps, (transport) => {
      for (let command = 0; command < 2; command += 1) {
        expect(failureOf(() => transport.execute(dataIn)).payload.tag).toBe("protocol");
      }
    });
  });
});

describe("the queue", () => {
  test("is given up where a command passes only without it", () => {
    const again = (tag: number): ExpectedUsbStep[] => [
      wrapper(tag, noData),
      { endpoint: IN, in: status(tag) },
    ];
    const failed: ExpectedUsbStep[] = [
      wrapper(1, noData),
      { endpoint: IN, in: new Uint8Array(5) },
      ...recovery,
    ];
    play(
      [...failed, ...again(2), ...again(3)],
      (transport) => {
        expect(transport.queue).toBe(2);
        transport.execute(noData);
        expect(transport.queue).toBe(0);
        transport.execute(noData);
        expect(() => transport.begin(dataIn)).toThrow(RangeError);
      },
      2,
    );
  });

  const flight = (tag: number, answer = status(tag)): ExpectedUsbStep[] => [
    wrapper(tag, dataIn),
    { endpoint: IN, in: whole, length: 1024 },
    { endpoint: IN, in: answer },
  ];

  test("has two commands under way", () => {
    play(
      [...flight(1), ...flight(2)],
      (transport) => {
        const [first, second] = [transport.begin(dataIn), transport.begin(dataIn)];
        expect(() => transport.begin(dataIn)).toThrow(RangeError);
        expect(() => transport.end(second)).toThrow(RangeError);
        expect(transport.end(first)).toMatchObject({ passed: true, processed: 1024 });
        expect(transport.end(second)).toMatchObject({ passed: true, processed: 1024 });
      },
      2,
    );
  });

  test("what fails takes the others with it", () => {
    play(
      [...flight(1, status(9)), ...flight(2), ...recovery],
      (transport) => {
        const [first, second] = [transport.begin(dataIn), transport.begin(dataIn)];
        expect(transport.end(first)).toBeUndefined();
        expect(transport.end(second)).toBeUndefined();
      },
      2,
    );
  });
});
