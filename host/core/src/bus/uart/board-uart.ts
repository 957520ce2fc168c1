/** busbar:board/uart: how a driver, or an app that drives devices itself, gets the port that is wired to a name. */

import { HostError } from "../../error.ts";
import type { CommonContext } from "../../instance/context.ts";
import { auditAppName, auditName } from "../../interfaces/busbar-board.ts";
import type { AppRun } from "../running.ts";
import type { AppUart } from "./app.ts";
import { UartError } from "./error.ts";
import type { OpenedUart } from "./opened.ts";
import { UartPortResource } from "./port.ts";

/** For one instance of a driver, which has the one port of its entry. */
export function driverUart(context: CommonContext, opened: OpenedUart) {
  return {
    Port: UartPortResource,
    async open(name: string): Promise<UartPortResource> {
      context.budget.check();
      if (name !== context.device) throw new UartError("denied", auditName(context, name, "uart.open"));
      return new UartPortResource(context, opened);
    },
  };
}

/** For one run of an app: each name is one of the devices that it drives itself. */
export function appUart(run: AppRun, uart: AppUart) {
  return {
    Port: UartPortResource,
    async open(name: string): Promise<UartPortResource> {
      run.budget.check();
      const { clock, trace, budget, wired } = run;
      if (!wired.has(name)) throw new UartError("denied", auditAppName(run, name, "uart.open"));
      const device = uart.device(name);
      if (device === undefined) {
        throw new UartError("denied", `the board wires no serial port to "${name}"`);
      }
      const { entry, quota } = device;
      const opened = await budget.wait(uart.open(device).catch(explained));
      return new UartPortResource({ device: name, entry, clock, trace, budget, quota }, opened);
    },
  };
}

/** A port that this machine does not have is an error for the app, which can go on without. */
function explained(cause: unknown): never {
  throw cause instanceof HostError ? new UartError("other", cause.message, { cause }) : cause;
}
