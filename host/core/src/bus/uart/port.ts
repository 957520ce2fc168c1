/** busbar:board/uart's `port` as a component gets it: every call is judged against its grant, counted, then traced. */

import { audit, type CommonContext, overRate } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import type { UartLineSettings } from "./backend.ts";
import { UartError } from "./error.ts";
import { judgeUart, type UartCall } from "./judge.ts";
import type { OpenedUart } from "./opened.ts";
import { describeUartOperation, type UartTraceEvent } from "./trace.ts";

/** The functions of a port that wait: a line is slow. */
export const portWaits = [
  "[method]port.read",
  "[method]port.write",
  "[method]port.drain",
  "[method]port.discard",
  "[method]port.set-baud-rate",
] as const;

/** One serial port, seen through its grant. */
export class UartPortResource extends InstanceHandle {
  readonly #context: CommonContext;
  readonly #opened: OpenedUart;
  /** The kinds of calls that are under way. */
  readonly #busy = new Set<UartCall["kind"]>();

  constructor(context: CommonContext, opened: OpenedUart) {
    super(context.budget);
    this.#context = context;
    this.#opened = opened;
  }

  getLineSettings(): UartLineSettings {
    this.#context.budget.check();
    const { baudRate, grant } = this.#opened;
    const { dataBits, parity, stopBits, flowControl } = grant;
    return { baudRate, dataBits, parity, stopBits, flowControl };
  }

  read(maximum: number, timeoutMs: number): Promise<Uint8Array> {
    const length = maximum >>> 0;
    const over = new AbortController();
    return this.#run(
      { kind: "read", length },
      {
        act: ({ port }) => port.read(length, timeoutMs >>> 0, over.signal),
        cutShort: () => over.abort(),
        told: (data) => ({ data }),
      },
    );
  }

  async write(data: Uint8Array): Promise<void> {
    this.#context.budget.check();
    return this.#run(
      { kind: "write", length: data.length },
      {
        act: ({ port }) => port.write(data),
        told: () => ({ data }),
      },
    );
  }

  drain(): Promise<void> {
    return this.#run({ kind: "drain" }, { act: ({ port }) => port.drain() });
  }

  discard(): Promise<void> {
    return this.#run({ kind: "discard" }, { act: ({ port }) => port.discard() });
  }

  setBaudRate(written: number): Promise<void> {
    const baudRate = written >>> 0;
    return this.#run(
      { kind: "set-baud-rate", baudRate },
      {
        act: async (opened) => {
          await opened.port.setBaudRate(baudRate);
          opened.baudRate = baudRate;
        },
        told: () => ({ baudRate }),
      },
    );
  }

  /** @throws UartError: also for what is not granted, which reaches no port */
  async #run<Given>(call: UartCall, { act, cutShort, told }: Act<Given>): Promise<Given> {
    const { budget, entry } = this.#context;
    const opened = this.#opened;
    budget.check();
    const verdict = judgeUart(opened.grant, call, entry.enforce !== false);
    if (!verdict.allowed) {
      audit(this.#context, this.#describe(call), verdict.denied, verdict.reason);
      throw new UartError("denied", verdict.reason);
    }
    if ("wouldBeDenied" in verdict) {
      audit(this.#context, this.#describe(call), verdict.wouldBeDenied, verdict.reason, "would-be-denied");
    }
    const over = overRate(this.#context, () => this.#describe(call));
    if (over !== undefined) throw new UartError("denied", over);
    if (this.#busy.has(call.kind)) throw new UartError("other", `another ${call.kind} is under way`);
    opened.counts.call(call);
    this.#busy.add(call.kind);
    try {
      return await budget.wait(this.#traced(call, act, told), cutShort);
    } catch (error) {
      if (error instanceof UartError && error.payload.tag === "disconnected") opened.leave();
      throw error;
    } finally {
      this.#busy.delete(call.kind);
    }
  }

  async #traced<Given>(
    { kind }: UartCall,
    act: Act<Given>["act"],
    endingOf: Act<Given>["told"] = () => ({}),
  ): Promise<Given> {
    const opened = this.#opened;
    const { clock, device, trace } = this.#context;
    if (!trace.active) return await act(opened);
    const startMs = clock.now();
    const tell = (ending: Partial<UartTraceEvent>) => {
      const durationMs = clock.now() - startMs;
      const event = { device, port: opened.grant.port, startMs, durationMs };
      const told: UartTraceEvent = { kind: "uart", operation: kind, ...event, ...ending };
      trace.emit(told);
    };
    try {
      const given = await act(opened);
      tell(endingOf(given));
      return given;
    } catch (error) {
      if (error instanceof UartError) tell({ error: { code: error.payload, message: error.message } });
      throw error;
    }
  }

  /** For the audit trail. */
  #describe(call: UartCall): string {
    const number = "length" in call ? call.length : "baudRate" in call ? call.baudRate : undefined;
    const what = describeUartOperation({ operation: call.kind });
    const port = JSON.stringify(this.#opened.grant.port);
    return `uart on the port ${port}: ${number === undefined ? what : `${what} ${number}`}`;
  }
}

/** What a call does, once it is allowed. */
interface Act<Given> {
  act(opened: OpenedUart): Given | Promise<Given>;
  /** Ends it early, which is no failure. */
  cutShort?(): void;
  /** What is told of it when it has succeeded. */
  told?(given: Given): Pick<UartTraceEvent, "data" | "baudRate">;
}
