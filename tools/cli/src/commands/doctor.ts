import { existsSync } from "node:fs";
import { isBundle } from "@busbar/host-node";
import type { Command } from "commander";
import { defaultBoard } from "../board-argument.ts";
import {
  type Diagnosis,
  diagnoseBoard,
  diagnoseCache,
  diagnoseI2c,
  diagnoseNode,
  diagnoseSpi,
  diagnoseUart,
  diagnoseUsb,
} from "../diagnosis.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { Output, style } from "../output/output.ts";
import { printableMessage } from "../output/printable.ts";
import { jsonOption, lockOption } from "./options.ts";

/** `busbar doctor`. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("what is missing on this machine, and the line that mends it")
    .description(
      "Looks at what I2C, SPI and USB hardware and serial ports need on this machine, or at what a board needs: its drivers, grants, buses and " +
        "USB devices; and at what a process that was killed left behind. " +
        "Changes nothing and causes no bus traffic. The exit code is that of the first thing that is wrong.",
    )
    .argument(
      "[board]",
      "a board file, or the folder of a bundle; ./board.json where there is one, else this machine",
    )
    .addOption(lockOption())
    .addOption(jsonOption())
    .action(async (named: string | undefined, { json = false, lock }: { json?: boolean; lock?: string }) => {
      const path = named ?? (existsSync(defaultBoard) ? defaultBoard : undefined);
      const output = new Output(json);
      const findings = [
        ...diagnoseNode(),
        ...(path !== undefined && isBundle(path) ? [] : [diagnoseCache()]),
        ...(path === undefined
          ? [...diagnoseI2c(), ...diagnoseSpi(), ...diagnoseUart(), ...diagnoseUsb()]
          : await diagnoseBoard(path, lock)),
      ];
      const wrong = findings.filter(({ ok }) => !ok);
      if (json) {
        output.document({
          ok: wrong.length === 0,
          findings: findings.map(({ code, ...finding }) => (finding.ok ? finding : { ...finding, code })),
        });
      } else {
        output.block(findings.map(describe).join("\n"));
        output.block(`\n${conclusion(wrong.length)}`);
      }
      if (wrong[0] !== undefined) process.exitCode = exitCodeOf(wrong[0].code);
    });
}

function describe({ ok, what, fix }: Diagnosis): string {
  const mark = ok ? style("green", "ok ") : style("red", "bad");
  const mend = fix === undefined ? "" : `\n     mend it with: ${style("bold", printableMessage(fix))}`;
  return `${mark}  ${printableMessage(what)}${mend}`;
}

function conclusion(wrong: number): string {
  if (wrong === 0) return "Nothing is missing.";
  return wrong === 1 ? "One thing is wrong." : `${wrong} things are wrong.`;
}
