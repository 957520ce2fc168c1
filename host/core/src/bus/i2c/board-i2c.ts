/** busbar:board/i2c: how a driver, or an app that drives devices itself, gets the bus that is wired to a name. */

import { HostError } from "../../error.ts";
import type { CommonContext } from "../../instance/context.ts";
import { auditAppName, BoardError, requireOwnName } from "../../interfaces/busbar-board.ts";
import type { AppRun } from "../running.ts";
import { mainAddressOf } from "./addresses.ts";
import type { AppI2c, I2cAppDevice } from "./app.ts";
import type { OpenedI2c } from "./opened.ts";
import { DelayHandle, I2cResource } from "./wasi-i2c.ts";

/** busbar:board/i2c `wiring`. */
interface WitWiring {
  readonly bus: I2cResource;
  readonly address: number;
}

/** For one instance of a driver. */
export function boardI2c(context: CommonContext, opened: OpenedI2c) {
  return {
    open(name: string): WitWiring {
      context.budget.check();
      requireOwnName(context, name, "i2c.open");
      return { bus: new I2cResource(context, opened), address: mainAddressOf(opened.grant) };
    },
    openDelay(): DelayHandle {
      context.budget.check();
      return new DelayHandle(context);
    },
  };
}

/** For one run of an app: each name is one of the devices that it drives itself. */
export function appBoardI2c(run: AppRun, i2c: AppI2c) {
  return {
    open(name: string): WitWiring {
      run.budget.check();
      const { clock, trace, budget } = run;
      if (!run.wired.has(name)) throw new BoardError("access-denied", auditAppName(run, name, "i2c.open"));
      const device = i2c.device(name);
      if (device === undefined) {
        throw new BoardError("not-found", `the board wires no I2C target to "${name}"`);
      }
      const { entry, grant, quota } = device;
      const context = { device: name, entry, clock, trace, budget, quota };
      return { bus: new I2cResource(context, openFound(i2c, device)), address: mainAddressOf(grant) };
    },
    openDelay(): DelayHandle {
      run.budget.check();
      return new DelayHandle(run);
    },
  };
}

/** A bus that this machine does not have is `not-found` for the app, which can go on without. */
function openFound(i2c: AppI2c, device: I2cAppDevice): OpenedI2c {
  try {
    return i2c.open(device);
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    throw new BoardError("not-found", cause.message);
  }
}
