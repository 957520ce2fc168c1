import { inspect, styleText } from "node:util";
import { DeviceError } from "@busbar/host";
import { describeDeviceError } from "../bus-fault.ts";
import { type ExitName, exitCodeOf, exitNameOf, isBuildError } from "../exit-codes.ts";
import { printable, printableLines } from "./printable.ts";

/** Shown while something else is written between its frames. */
export interface Live {
  /** Takes the frame off the terminal. */
  hide(): void;
  /** Puts it back. */
  show(): void;
}

/**
 * Where a command writes: results to stdout, everything about them to stderr. With `--json` both are JSON: a command
 * that ends by itself prints one document, one that goes on prints a record a line, and stderr has a record a line.
 */
export class Output {
  /** Whether `--json` was given. */
  readonly json: boolean;
  #live: Live | undefined;

  constructor(json: boolean) {
    this.json = json;
  }

  /** Whether the result goes to a terminal, where a frame can be redrawn. */
  get interactive(): boolean {
    return !this.json && process.stdout.isTTY;
  }

  /** Lines for people; the caller has made foreign text in them printable. */
  line(text: string): void {
    this.#live?.hide();
    process.stdout.write(`${text}\n`);
    this.#live?.show();
  }

  /** The one document of a command. */
  document(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One of many records: one line. */
  record(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** While there is a live frame, notices go above it. */
  set live(live: Live | undefined) {
    this.#live = live;
  }

  /**
   * One line on stderr about something that is wrong.
   *
   * @param text for people
   * @param record with `--json` instead
   */
  notice(text: string, record: { readonly type: string }): void {
    this.#tell("red", text, record);
  }

  /** {@link notice} about something that is as it should be. */
  info(text: string, record: { readonly type: string }): void {
    this.#tell("cyan", text, record);
  }

  #tell(colour: "red" | "cyan", text: string, record: object): void {
    const label = styleText(colour, "busbar:", { stream: process.stderr });
    this.#live?.hide();
    process.stderr.write(this.json ? `${JSON.stringify(record)}\n` : `${label} ${text}\n`);
    this.#live?.show();
  }

  /**
   * Reports an error: one sentence, the stack only with BUSBAR_DEBUG.
   *
   * @param more what else is known: goes after the sentence, and into the record
   */
  error(thrown: unknown, more: { text?: string; record?: object } = {}): void {
    const { text, record } = describeError(thrown);
    this.notice(`${text}${more.text ?? ""}`, { type: "error", ...record, ...more.record });
    if (process.env.BUSBAR_DEBUG) process.stderr.write(`${inspect(thrown)}\n`);
  }
}

/** An error as stderr's JSON has it, and as `errors` of a document. */
export interface ErrorRecord {
  /** The name of the exit code. */
  readonly code: string;
  readonly exitCode: number;
  /** With code "device": which one. */
  readonly device?: string;
  /** With code "device": the case of busbar:device's error. */
  readonly deviceError?: string;
  readonly message: string;
}

/** An error for people and for programs. */
export function describeError(thrown: unknown): { text: string; record: ErrorRecord } {
  const code = exitNameOf(thrown);
  const message = sentenceOf(thrown, code);
  return {
    text: isBuildError(thrown) ? printableLines(message) : printable(message),
    record: {
      code,
      exitCode: exitCodeOf(code),
      ...(thrown instanceof DeviceError && { device: thrown.device, deviceError: thrown.code }),
      message,
    },
  };
}

function sentenceOf(thrown: unknown, code: ExitName): string {
  if (thrown instanceof DeviceError) return describeDeviceError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return code === "unexpected"
    ? `unexpected error, a bug in busbar: ${message}; run it again with BUSBAR_DEBUG=1 and report what it says.`
    : message;
}

/** Styles for stdout: plain where it is no terminal, or NO_COLOR is set. */
export function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout });
}
