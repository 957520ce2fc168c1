/** busbar:board@0.1.0: what the operator wired to the one name that a driver instance has. */

import { audit, type CommonContext } from "../instance/context.ts";
import { cut, printable } from "../text.ts";

/** busbar:board/i2c `error`, thrown as the linker expects it. */
export class BoardError extends Error {
  readonly payload: { readonly tag: "not-found" | "access-denied"; readonly val: string };

  constructor(tag: "not-found" | "access-denied", message: string) {
    super(message);
    this.payload = { tag, val: message };
  }
}

/** busbar:board/settings for one instance. */
export function boardSettings(context: CommonContext) {
  return {
    get(name: string): [string, string][] {
      context.budget.check();
      if (name !== context.device) {
        auditName(context, name, "settings.get");
        return [];
      }
      return Object.entries(context.entry.settings);
    },
  };
}

/** Of a name that a component asked for, so many characters are told. */
export const longestName = 64;

/** The most characters of a warning, as the WIT says. */
const longestWarning = 500;

/** busbar:board/log for one instance. */
export function boardLog({
  budget,
  clock,
  device,
  trace,
}: Pick<CommonContext, "budget" | "clock" | "device" | "trace">) {
  return {
    warn(message: string): void {
      budget.check();
      if (!trace.active) return;
      const startMs = clock.now();
      trace.emit({ kind: "warning", device, startMs, message: printable(message, longestWarning) });
    },
  };
}

/** The functions of busbar:board/time that wait. */
export const timeWaits = ["wait-ms"] as const;

/** busbar:board/time for one instance. */
export function boardTime(context: CommonContext) {
  return {
    nowMs(): number {
      context.budget.check();
      return context.clock.now();
    },
    waitMs: (ms: number): Promise<void> => context.budget.sleep(ms >>> 0),
  };
}

/**
 * The same answer for a name that exists and one that does not: a driver must not learn what else is wired.
 *
 * @throws BoardError `access-denied`
 */
export function requireOwnName(context: CommonContext, name: string, call: string): void {
  if (name === context.device) return;
  throw new BoardError("access-denied", auditName(context, name, call));
}

/**
 * Writes to the audit trail that a driver asked for a name that is not its own.
 *
 * @returns why it is refused
 */
export function auditName(context: CommonContext, name: string, call: string): string {
  const reason = `the name ${JSON.stringify(cut(name, longestName))} is not this driver's`;
  audit(context, `${call}(${JSON.stringify(cut(name, longestName))})`, "name", reason);
  return reason;
}

/**
 * The same answer for a name that exists and one that does not: an app must not learn what else is wired.
 *
 * @returns why it is refused
 */
export function auditAppName(
  { app, clock, trace }: { readonly app: string } & Pick<CommonContext, "clock" | "trace">,
  name: string,
  call: string,
): string {
  const asked = JSON.stringify(cut(name, longestName));
  const reason = `the app may not drive ${asked}; add it to "apps.${app}.uses", as a device without "driver"`;
  audit({ device: app, clock, trace }, `${call}(${asked})`, "name", reason);
  return reason;
}
