import { type ModelOf, modelOn, type SimulatedBus } from "@busbar/sim/models";

/**
 * The models of one kind of bus, in the order of their names.
 *
 * @param all what modules export by default, by the names that a board file has for them: of whatever bus
 * @param own the simulator's own, of this bus
 */
export function modelsOf<Bus extends SimulatedBus>(
  bus: Bus,
  all: readonly (readonly [name: string, model: unknown])[],
  own: ReadonlyMap<string, ModelOf<Bus>>,
): ReadonlyMap<string, ModelOf<Bus>> {
  const found = all.flatMap(([name, model]) => {
    const on = modelOn(model, bus);
    return on === undefined ? [] : [[name, on] as const];
  });
  return new Map([...found, ...own].sort(([a], [b]) => (a < b ? -1 : 1)));
}
