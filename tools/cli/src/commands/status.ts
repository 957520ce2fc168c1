import { existsSync } from "node:fs";
import { BackendError } from "@busbar/host/backend";
import type { Command } from "commander";
import { exitCodeOf, UsageError } from "../exit-codes.ts";
import { type HealthPlace, healthPlace, listenOptions } from "../health/place.ts";
import { type AppHealth, type DeviceHealth, type HealthReport, isWell } from "../health/report.ts";
import { Output, style } from "../output/output.ts";
import { printable, printableMessage } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { duration } from "../output/units.ts";
import { jsonOption } from "./options.ts";

/** Where the unit of examples/systemd has it. */
const usualPlace = "/run/busbar/health.sock";

const answerMs = 5_000;
const longestAnswer = 8 * 1024 * 1024;

/** `busbar status`. */
export function addStatus(program: Command): void {
  program
    .command("status")
    .summary("how the devices and apps of a run are that was started with --health")
    .description(
      'Asks a "busbar run --health PORT|SOCKET" how each device is, and how old its last reading. The exit code is 0 where everything ' +
        `is well, 7 where something is not, and 6 where nobody answers. Without a place: BUSBAR_HEALTH, or ${usualPlace}.`,
    )
    .argument("[place]", "the port, the path of the socket, or @name")
    .addOption(jsonOption())
    .action(async (written: string | undefined, { json = false }: { json?: boolean }) => {
      const output = new Output(json);
      const report = await ask(healthPlace(written ?? defaultPlace()));
      if (json) output.document(report);
      else output.block(describe(report));
      if (!report.ok) process.exitCode = exitCodeOf("device");
    });
}

function defaultPlace(): string {
  const { BUSBAR_HEALTH = "" } = process.env;
  if (BUSBAR_HEALTH !== "") return BUSBAR_HEALTH;
  if (existsSync(usualPlace)) return usualPlace;
  throw new UsageError(
    'name what stood after --health of "busbar run": a port such as 8080, or the path of a socket.',
  );
}

async function ask(place: HealthPlace): Promise<HealthReport> {
  const written = place.kind === "port" ? `${place.port}` : printable(place.path, 200);
  const where = place.kind === "port" ? `port ${written}` : written;
  let text: string;
  try {
    text = await get(place);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new BackendError(
      `nobody tells at ${where} how a board is (${code ?? message}); start it with "busbar run BOARD --health ${written}".`,
      { cause },
    );
  }
  const report = parse(text);
  if (report === undefined)
    throw new BackendError(`what answers at ${where} is no busbar; name another place.`);
  return report;
}

async function get(place: HealthPlace): Promise<string> {
  // Loaded here: every other command would wait 20 ms for it.
  const { request } = await import("node:http");
  const options = listenOptions(place);
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...("path" in options ? { socketPath: options.path } : options),
        path: "/",
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
          if (text.length > longestAnswer) asking.destroy(new Error("the answer is too long"));
        });
        response.on("end", () => resolve(text));
        response.on("error", reject);
      },
    );
    // Of all of it: what drips bytes is no answer either.
    const late = setTimeout(() => asking.destroy(new Error("no answer within 5 s")), answerMs);
    asking.on("close", () => clearTimeout(late));
    asking.on("error", reject);
    asking.end();
  });
}

/** Undefined where it is none: anybody may have the port. */
function parse(text: string): HealthReport | undefined {
  try {
    const report = JSON.parse(text) as Partial<HealthReport> | null;
    const isReport =
      typeof report?.ok === "boolean" && Array.isArray(report.devices) && Array.isArray(report.apps);
    return isReport ? (report as HealthReport) : undefined;
  } catch {
    return undefined;
  }
}

function describe({ devices, apps, upMs, pid }: HealthReport): string {
  const rows = [
    ...devices.map((each) => [each.device, each.kind ?? "device", state(each), age(each), problem(each)]),
    ...apps.map((each) => [each.app, "app", state(each), "", problem(each)]),
  ];
  const table = columns(rows, ["left", "left", "left", "right", "left"]);
  return [`process ${Number(pid)}, up ${duration(Number(upMs))}`, ...(rows.length > 0 ? [table] : [])].join(
    "\n",
  );
}

function state(each: DeviceHealth | AppHealth): string {
  const text = printable(String(each.state), 20);
  return style(isWell(each) ? "green" : "red", text);
}

function age({ ageMs }: DeviceHealth): string {
  return typeof ageMs === "number" ? `${duration(ageMs)} ago` : "";
}

function problem(each: DeviceHealth | AppHealth): string {
  const text = printableMessage(String(each.problem ?? ""));
  const name = "device" in each ? each.device : each.app;
  // Most sentences begin with it, and here it stands before.
  return text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}
