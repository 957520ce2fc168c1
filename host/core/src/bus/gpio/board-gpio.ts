/** busbar:board/gpio: how a driver, or an app that drives devices itself, gets the lines that are wired to a name. */

import { HostError } from "../../error.ts";
import { audit, type CommonContext } from "../../instance/context.ts";
import { auditAppName, auditName } from "../../interfaces/busbar-board.ts";
import type { AppRun } from "../running.ts";
import type { AppGpio, GpioAppDevice } from "./app.ts";
import type { GpioDirection } from "./backend.ts";
import { EdgesResource } from "./edges.ts";
import { GpioError } from "./error.ts";
import type { GpioGrant } from "./grant.ts";
import { judgeGpio, shownLine } from "./judge.ts";
import type { OpenedLine } from "./line.ts";
import type { OpenedGpio } from "./opened.ts";
import { DigitalInOutPin, DigitalInPin, DigitalOutPin } from "./pins.ts";

/** The functions of busbar:board/gpio that wait. */
export const boardGpioWaits = ["open-in", "open-out", "open-in-out", "[method]edges.wait"] as const;

/** For one instance of a driver. */
export function boardGpio(context: CommonContext, opened: OpenedGpio) {
  return functions(async (name, line, direction) => {
    context.budget.check();
    if (name !== context.device) {
      throw notAllowed(auditName(context, name, `gpio.open-${direction}`));
    }
    judge(context, opened.grant, line, direction);
    return { context, line: await openedLine(context, opened, line, direction) };
  });
}

/** For one run of an app: each name is one of the devices that it drives itself. */
export function appBoardGpio(run: AppRun, gpio: AppGpio) {
  return functions(async (name, line, direction) => {
    run.budget.check();
    const { clock, trace, budget, wired } = run;
    const entry = wired.get(name);
    if (entry === undefined) throw notAllowed(auditAppName(run, name, `gpio.open-${direction}`));
    const device = gpio.device(name);
    judge({ device: name, entry, clock, trace }, device?.grant, line, direction);
    const { quota } = device!;
    const context = { device: name, entry, clock, trace, budget, quota };
    const opened = await budget.wait(openFound(gpio, device!));
    return { context, line: await openedLine(context, opened, line, direction) };
  });
}

/** Finds the line of a name, and gets it ready to be used as `direction`. */
type Open = (
  name: string,
  line: string,
  direction: GpioDirection,
) => Promise<{ readonly context: CommonContext; readonly line: OpenedLine }>;

function functions(open: Open) {
  return {
    async openIn(name: string, line: string): Promise<DigitalInPin> {
      const opened = await open(name, line, "in");
      return new DigitalInPin(opened.context, opened.line);
    },
    async openOut(name: string, line: string): Promise<DigitalOutPin> {
      const opened = await open(name, line, "out");
      return new DigitalOutPin(opened.context, opened.line);
    },
    async openInOut(name: string, line: string): Promise<DigitalInOutPin> {
      const opened = await open(name, line, "in-out");
      return new DigitalInOutPin(opened.context, opened.line);
    },
    watchEdges(pin: DigitalInPin): EdgesResource {
      pin.calls.count("watch");
      return new EdgesResource(pin.calls);
    },
    Edges: EdgesResource,
  };
}

/** @throws GpioError `pin-not-allowed`, `pin-mode-not-allowed` */
function judge(
  context: Pick<CommonContext, "device" | "entry" | "clock" | "trace">,
  grant: GpioGrant | undefined,
  line: string,
  direction: GpioDirection,
): void {
  const verdict = judgeGpio(grant, { line, direction }, context.entry.enforce !== false);
  const call = `gpio pin "${direction}" of the line ${shownLine(line)}`;
  if (!verdict.allowed) {
    audit(context, call, verdict.denied, verdict.reason);
    if (verdict.denied === "line") throw notAllowed(verdict.reason);
    throw new GpioError({ tag: "pin-mode-not-allowed" }, verdict.reason);
  }
  if ("wouldBeDenied" in verdict) {
    audit(context, call, verdict.wouldBeDenied, verdict.reason, "would-be-denied");
  }
}

/** A line that was judged to be one of the entry's. */
async function openedLine(
  { budget }: CommonContext,
  { lines, counts }: OpenedGpio,
  name: string,
  direction: GpioDirection,
): Promise<OpenedLine> {
  const line = lines.get(name);
  if (line === undefined) throw other("this is a trial without lines");
  await budget.wait(line.use(direction).catch(explained));
  counts.pin(name, direction);
  return line;
}

/** What this machine does not have is an error for an app, which can go on without. */
function openFound(gpio: AppGpio, device: GpioAppDevice): Promise<OpenedGpio> {
  return gpio.open(device).catch(explained);
}

function explained(cause: unknown): never {
  throw cause instanceof HostError ? other(cause.message, { cause }) : cause;
}

function notAllowed(reason: string): GpioError {
  return new GpioError({ tag: "pin-not-allowed" }, reason);
}

function other(reason: string, options?: ErrorOptions): GpioError {
  return new GpioError({ tag: "other", val: reason }, reason, options);
}
