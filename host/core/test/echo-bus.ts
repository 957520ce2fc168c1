/**
 * A bus of somebody else's, made of nothing but what its author can import: what is sent into a channel is what is heard from it.
 *
 * ```wit
 * package example:echo@0.1.0;
 * interface echo {
 *   send: func(value: u32) -> result;
 *   last: func() -> u32;
 * }
 * ```
 */

import {
  audit,
  BackendError,
  type BusConnection,
  type BusCounts,
  type BusLife,
  type BusModule,
  type BusOpened,
  type BusTraceEvent,
  type BusTypes,
  type CommonContext,
  type DrivenDevice,
  looseObject,
  modelOf,
  notEmpty,
  strictObject,
  text,
  type Wiring,
  wholeNumber,
} from "@busbar/host/module";
import { parseWat } from "@busbar/jco";
import * as v from "valibot";

/** What a platform gives. */
export interface EchoBackend {
  /** Where what is sent into a channel is kept; undefined where it has no such channel. */
  channel(name: string): number[] | undefined;
  /** Whether `send` answers later. */
  readonly answersLater?: boolean;
}

const grant = strictObject({
  channel: v.pipe(text, notEmpty, v.description("The channel.")),
  maximum: v.pipe(v.optional(wholeNumber(1, 1000), 1000), v.description("The largest value.")),
});
const simulated = looseObject({ echo: v.pipe(text, notEmpty), model: modelOf('"room"') });
const use = v.strictObject({ largest: v.number() });

type EchoGrant = v.InferOutput<typeof grant>;
type EchoUse = v.InferOutput<typeof use>;

/** One value that was sent. */
export interface EchoEvent extends BusTraceEvent {
  readonly kind: "echo";
  readonly value: number;
}

interface EchoTypes extends BusTypes {
  readonly key: "echo";
  readonly written: v.InferInput<typeof grant>;
  readonly grant: EchoGrant;
  readonly writtenSimulated: v.InferInput<typeof simulated>;
  readonly simulated: v.InferOutput<typeof simulated>;
  readonly backend: EchoBackend;
  readonly wiring: Wiring<OpenedEcho, EchoCounts>;
  readonly opened: OpenedEcho;
  readonly openedByApp: AppEcho;
  readonly counts: EchoCounts;
  readonly use: EchoUse;
  readonly event: EchoEvent;
}

class EchoCounts implements BusCounts {
  readonly #isRecorded: boolean;
  #largest = 0;

  constructor(isRecorded: boolean) {
    this.#isRecorded = isRecorded;
  }

  sent(value: number): void {
    this.#largest = Math.max(this.#largest, value);
  }

  get use(): EchoUse | undefined {
    return this.#isRecorded && this.#largest > 0 ? { largest: this.#largest } : undefined;
  }
}

class OpenedEcho implements BusOpened {
  readonly grant: EchoGrant;
  readonly counts: EchoCounts;
  readonly values: number[];
  readonly answersLater: boolean;
  ends = 0;

  constructor(grant: EchoGrant, counts: EchoCounts, values: number[], answersLater = false) {
    this.grant = grant;
    this.counts = counts;
    this.values = values;
    this.answersLater = answersLater;
  }

  end(): void {
    this.ends += 1;
  }
}

/** Of the app's devices, the first. */
class AppEcho implements BusOpened {
  readonly #device: DrivenDevice<EchoGrant, EchoCounts>;

  constructor(device: DrivenDevice<EchoGrant, EchoCounts>) {
    this.#device = device;
  }

  get channel(): string {
    return this.#device.grant.channel;
  }

  end(): void {}
}

/** What its interface throws: the error of a `result` without one. */
class Refused extends Error {
  readonly payload = undefined;
}

function echoOf(context: CommonContext, { answersLater, counts, grant, values }: OpenedEcho) {
  const { budget, clock, device, entry, quota, trace } = context;
  return {
    send(value: number): void | Promise<void> {
      budget.check();
      const isEnforced = entry.enforce !== false;
      if (value > grant.maximum) {
        const kind = isEnforced ? "denied" : "would-be-denied";
        audit(context, `echo of ${value}`, "maximum", `at most ${grant.maximum} is granted`, kind);
        if (isEnforced) throw new Refused();
      }
      if (quota.takeTransaction() === "refused") throw new Refused();
      counts.sent(value);
      values.push(value);
      const event: EchoEvent = { kind: "echo", device, startMs: clock.now(), durationMs: 0, value };
      trace.emit(event);
      if (answersLater) return budget.wait(Promise.resolve());
    },
    last(): number {
      budget.check();
      return values.at(-1) ?? 0;
    },
  };
}

class EchoConnection implements BusConnection<EchoTypes> {
  readonly #backends: readonly EchoBackend[];

  constructor(backends: readonly EchoBackend[]) {
    this.#backends = backends;
  }

  wire(device: string, grant: EchoGrant): EchoTypes["wiring"] {
    return {
      open: ({ counts }: BusLife<EchoCounts>) => {
        for (const backend of this.#backends) {
          const values = backend.channel(grant.channel);
          if (values !== undefined) return new OpenedEcho(grant, counts, values, backend.answersLater);
        }
        throw new BackendError(`${device}: there is no channel "${grant.channel}"; name another.`);
      },
    };
  }

  share(): void {}

  openForApp([device]: readonly DrivenDevice<EchoGrant, EchoCounts>[]): AppEcho {
    return new AppEcho(device!);
  }

  [Symbol.dispose](): void {}
}

const interfaceOf = { path: "example:echo/echo", version: "0.1.0" } as const;

/** The module. */
export const echo: BusModule<EchoTypes> = {
  key: "echo",
  aKey: 'an "echo"',
  grant,
  simulated: { entries: simulated.entries, expected: "expected the name of a channel" },
  grantLine: '"echo": { "channel": "room" }',
  refuse(wired) {
    const [one, other] = wired.filter(({ grant }) => grant.channel === "mine");
    return other && `"${one!.place}" and "${other.place}" both want the channel "mine"`;
  },
  describeGrant: ({ channel }) => `channel "${channel}"`,
  offers: [
    { ...interfaceOf, implement: echoOf, waits: ({ answersLater }) => (answersLater ? ["send"] : []) },
  ],
  appOffers: [{ ...interfaceOf, implement: (_, { channel }) => ({ last: () => channel.length }) }],
  connect: (backends) => new EchoConnection(backends),
  trial: (grant) => new OpenedEcho(grant, new EchoCounts(false), []),
  count: (_, isRecorded) => new EchoCounts(isRecorded),
  use: {
    schema: use,
    merge: (one, other) => ({ largest: Math.max(one.largest, other.largest) }),
    least: (written, { largest }) => ({ ...written, maximum: largest }),
  },
  describe: ({ value }) => `send ${value}`,
};

/** A driver that sends its parameter, and returns what it hears; 999 where it is refused. */
export const driver = await parseWat(`(component
  (import "example:echo/echo@0.1.0" (instance $echo
    (export "send" (func (param "value" u32) (result (result))))
    (export "last" (func (result u32)))))
  (core func $send (canon lower (func $echo "send")))
  (core func $last (canon lower (func $echo "last")))
  (core module $code
    (import "" "send" (func $send (param i32) (result i32)))
    (import "" "last" (func $last (result i32)))
    (func (export "say") (param i32) (result i32)
      (if (result i32) (call $send (local.get 0)) (then (i32.const 999)) (else (call $last)))))
  (core instance $running (instantiate $code (with "" (instance
    (export "send" (func $send)) (export "last" (func $last))))))
  (func (export "say") (param "value" u32) (result u32) (canon lift (core func $running "say"))))`);

/** What it exports. */
export interface Talker {
  readonly say: (value: number) => number;
}
