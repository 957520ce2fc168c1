/** host/verdicts/uart-simulated.json, which a host in another language answers as well. */
import type { SimulateEntry } from "@busbar/host";
import { BackendError, UartError, type UartUse } from "@busbar/host/backend";
import { expect, it } from "vitest";
import verdicts from "../../../host/verdicts/uart-simulated.json" with { type: "json" };
import { simulatedUart, usualUartForm, VirtualClock } from "../src/index.ts";

/** A step as the table has it. */
interface Step {
  /** In milliseconds after the beginning. */
  readonly at: number;
  readonly open?: Partial<UartUse>;
  /** Opens it too, and keeps what is open. */
  readonly again?: Partial<UartUse>;
  readonly absent?: boolean;
  /** The most bytes; nothing is waited for. */
  readonly read?: number;
  readonly gives?: string;
  readonly write?: string;
  /** So often are the bytes of `gives` or `write`. */
  readonly repeat?: number;
  readonly drain?: boolean;
  readonly discard?: boolean;
  readonly baudRate?: number;
  readonly isThere?: boolean;
  readonly close?: boolean;
  readonly fails?: object;
}

const beginMs = 1000;
const usual: UartUse = { ...usualUartForm, device: "x", flowControl: "none" };
const never = new AbortController().signal;

it.each(verdicts.devices)("$name", async ({ device, steps }) => {
  const clock = new VirtualClock(beginMs);
  const uart = simulatedUart([{ uart: "sim", ...device } as SimulateEntry], clock).get("sim")!;
  let port = uart.open(usual)!;
  port.close();

  /** Does what a step says; what it gives, in the place of what the table has. */
  const run = async ({
    open,
    again,
    read,
    write,
    drain,
    discard,
    baudRate,
    close,
    repeat = 1,
    ...asked
  }: Step) => {
    if (open !== undefined) port = uart.open({ ...usual, ...open })!;
    if (again !== undefined) return uart.open({ ...usual, ...again }) === undefined ? { absent: true } : {};
    if (read !== undefined) {
      const hex = Buffer.from(await port.read(read, 0, never)).toString("hex");
      return { gives: hex === asked.gives?.repeat(repeat) ? asked.gives : hex };
    }
    if (write !== undefined) await port.write(Buffer.from(write.repeat(repeat), "hex"));
    if (drain === true) await port.drain();
    if (discard === true) port.discard();
    if (baudRate !== undefined) await port.setBaudRate(baudRate);
    if (close === true) port.close();
    return "isThere" in asked ? { isThere: uart.isThere } : {};
  };

  for (const step of steps as unknown as Step[]) {
    // Whoever sleeps until then has to wake.
    await clock.sleep(Math.max(beginMs + step.at - clock.now(), 0));
    const { fails: _fails, absent: _, gives: _gives, ...wanted } = step;
    let answer: object;
    try {
      answer = { ...wanted, ...(await run(step)) };
    } catch (error) {
      if (error instanceof UartError) {
        answer = { ...wanted, fails: { code: error.payload, message: error.message } };
      } else {
        expect(error).toBeInstanceOf(BackendError);
        answer = { ...wanted, fails: { message: (error as BackendError).message } };
      }
    }
    expect(answer).toEqual(step);
  }
});

it.each(verdicts.refused)("refuses $name", ({ simulate: entries, message }) => {
  const refused = () => simulatedUart(entries as SimulateEntry[], new VirtualClock(beginMs));
  expect(refused).toThrow(expect.objectContaining({ code: "board", message }));
});
