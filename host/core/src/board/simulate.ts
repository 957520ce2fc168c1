import type { BackendsOf } from "../bus/module.ts";
import type { Clock } from "../clock.ts";
import type { BuiltIn } from "../modules.ts";
import type { SimulateEntry } from "./schema.ts";

type Backends = BackendsOf<BuiltIn>;

/** A backend for one of the buses of this host. */
type AnyBackend = NonNullable<Backends[keyof Backends]>[number];

/** What is one and the other. */
type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/**
 * Makes the simulated buses and devices of a board, as one backend for all buses. The host knows no simulator; `@busbar/sim` is one.
 *
 * @param modules what each module that an entry names as its model exports by default, by the entry's `model`
 * @throws HostError with code "board" when a model or one of its parameters is unknown or wrong
 */
export type Simulate = (
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
) => Both<AnyBackend>;
