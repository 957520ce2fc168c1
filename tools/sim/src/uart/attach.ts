import type { Clock } from "@busbar/host";
import { parseParameters, type UartModel } from "@busbar/model";
import * as v from "valibot";
import { uartFaultSchema } from "./faults.ts";
import { SimulatedUart } from "./port.ts";

const faultsSchema = v.object({ faults: v.optional(v.array(uartFaultSchema), []) });

/**
 * A port with a part on its line, and its faults.
 *
 * @param parameters what an entry of the `simulate` list has besides its place and its model; `faults` too
 * @throws RangeError where a parameter is unknown or wrong
 */
export function attachUartModel(
  model: UartModel,
  parameters: Readonly<Record<string, unknown>>,
  clock: Clock,
): SimulatedUart {
  const { faults, ...own } = parameters;
  const uart = new SimulatedUart(model.create(own, clock), clock);
  for (const fault of parseParameters(faultsSchema, { faults }).faults) uart.inject(fault);
  return uart;
}
