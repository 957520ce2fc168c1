import type { DeviceEntry } from "../board/schema.ts";
import type { I2cBus } from "../bus/i2c/backend.ts";
import type { UsbSession } from "../bus/usb/session.ts";
import type { Clock } from "../clock.ts";
import type { DeviceQuota } from "../grants/quota.ts";
import type { Trace } from "../trace/trace.ts";
import type { CallBudget } from "./budget.ts";

/** What every import of a driver instance works with. */
export interface CommonContext {
  /** The device's name in the board file. */
  readonly device: string;
  readonly entry: DeviceEntry;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly budget: CallBudget;
  /** The device's, not the instance's: neither another handle nor another start gives more. */
  readonly quota: DeviceQuota;
}

/** What the imports of one driver instance work with. */
export interface InstanceContext extends CommonContext {
  /** The bus of the entry's I2C grant, opened; undefined where the entry has none. */
  readonly bus: I2cBus | undefined;
  /** The device of the entry's USB grant; undefined where the entry has none. */
  readonly usb: UsbSession | undefined;
}

/** Writes one denial to the audit trail; or, of an entry that is not enforced, what would have been one. */
export function audit(
  context: Pick<CommonContext, "device" | "clock" | "trace">,
  call: string,
  denied: string,
  reason: string,
  kind: "denied" | "would-be-denied" = "denied",
): void {
  context.trace.emit({
    kind,
    device: context.device,
    startMs: context.clock.now(),
    call,
    denied,
    reason,
  });
}
