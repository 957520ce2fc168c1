import { inspect } from "node:util";
import { DeviceError, printableText } from "@busbar/host";
import { describeDeviceError } from "../bus-fault.ts";
import { type ExitName, exitCodeOf, exitNameOf, isBuildError } from "../exit-codes.ts";
import { printableJson, printableLines, printableMessage } from "./printable.ts";
import { type Screen, stderr, stdout } from "./screen.ts";

export { style } from "./screen.ts";

/** No error of ours is longer; what an error of others has beyond it is noise, also in a log. */
const longestErrorMessage = 20_000;

/** Lines of an app are cut by the buffer that makes them. */
const longestAppLine = 100_000;

/** What is told in JSON: its type, and what is known. */
export interface OutputRecord {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Shown while something else is written between its frames. */
export interface Live {
  /** Takes the frame off the terminal. */
  hide(): void;
  /** Puts it back. */
  show(): void;
}

/**
 * Where a command writes: results to stdout, everything about them to stderr. With `--json` both are JSON, a value a line:
 * a command that ends by itself prints one document, one that goes on prints records.
 */
export class Output {
  /** Whether `--json` was given. */
  readonly json: boolean;
  readonly #out: Screen;
  readonly #errors: Screen;
  #live: Live | undefined;

  /** @param screens other than this process's own, for tests */
  constructor(
    json: boolean,
    screens: { readonly stdout: Screen; readonly stderr: Screen } = { stdout, stderr },
  ) {
    this.json = json;
    this.#out = screens.stdout;
    this.#errors = screens.stderr;
    this.#out.onLost = (lines) => {
      this.notice(`${lines} lines were not printed, because nobody read them.`, { type: "lost", lines });
    };
    this.#out.onFailed = (reason) => {
      this.notice(`the output cannot be written (${reason}); it is lost.`, { type: "lost", reason });
      process.exitCode ??= exitCodeOf("backend");
    };
    this.#errors.onLost = (lines) => {
      this.notice(`${lines} lines about what is wrong were lost, because nobody read them.`, {
        type: "lost",
        lines,
      });
    };
  }

  /** Whether the result goes to a terminal, where a frame can be redrawn. */
  get interactive(): boolean {
    return !this.json && this.#out.isTerminal;
  }

  /** Where frames are drawn. */
  get screen(): Screen {
    return this.#out;
  }

  /** Where what is wrong is told. */
  get errorScreen(): Screen {
    return this.#errors;
  }

  /** One line for people. A newline in it is shown, not obeyed: it is a text of others that holds one. */
  line(text: string): void {
    this.#above(() => this.#out.line(text));
  }

  /** Lines of ours. The texts of others in them have been made printable: here a newline begins a new line. */
  block(text: string): void {
    this.#above(() => {
      for (const line of text.split("\n")) this.#out.line(line);
    });
  }

  /** A line that an app printed: it keeps its tabs. */
  appLine(text: string): void {
    this.#above(() => this.#out.write(`${printableText(text, longestAppLine)}\n`));
  }

  /** What an app printed, unchanged; not for a terminal. */
  appBytes(bytes: Uint8Array): void {
    this.#out.write(bytes);
  }

  /** Settles when what was printed is on its way: whoever prints for an app lets it wait for that. */
  get drained(): Promise<void> | undefined {
    return this.#out.drained ?? this.#errors.drained;
  }

  /** The one document of a command: one line. */
  document(value: unknown): void {
    this.record(value);
  }

  /** One of many records: one line. */
  record(value: unknown): void {
    this.#out.write(`${printableJson(value)}\n`);
  }

  /** What is drawn in place now, if anything is. */
  get live(): Live | undefined {
    return this.#live;
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
  notice(text: string, record: OutputRecord): void {
    this.#tell("red", [text], record);
  }

  /** {@link notice} about something that is as it should be. */
  info(text: string, record: OutputRecord): void {
    this.#tell("cyan", [text], record);
  }

  #tell(colour: "red" | "cyan", [first = "", ...more]: readonly string[], record: object): void {
    this.#above(() => {
      if (this.json) this.#errors.write(`${printableJson(record)}\n`);
      else {
        this.#errors.line(`${this.#errors.style(colour, "busbar:")} ${first}`);
        // Not at the beginning: no line of a file may look like one of ours.
        for (const line of more) this.#errors.line(`  ${line}`);
      }
    });
  }

  #above(write: () => void): void {
    this.#live?.hide();
    write();
    this.#live?.show();
  }

  /**
   * Reports the error of a device or an app while others go on: its name is in the line.
   *
   * @param retryMs when it is tried again; null where that cannot help
   */
  failure(thrown: unknown, what: { device: string } | { app: string }, retryMs: number | null): void {
    const [name = ""] = Object.values(what);
    const text = ` (${retryMs === null ? "not tried again" : `trying again in ${Math.round(retryMs / 1000)} s`})`;
    this.error(thrown, { name, text, record: { ...what, retryMs } });
  }

  /**
   * Reports an error: one sentence, the stack only with BUSBAR_DEBUG.
   *
   * @param more what else is known: whose it is, what goes after the sentence, and into the record
   */
  error(thrown: unknown, more: { name?: string; text?: string; record?: object } = {}): void {
    const { lines, record } = describeError(thrown);
    const debug = process.env.BUSBAR_DEBUG ? inspect(thrown) : undefined;
    const told = { type: "error", ...record, ...more.record, ...(debug !== undefined && { debug }) };
    const said = [...lines.slice(0, -1), `${lines.at(-1)}${more.text ?? ""}`];
    // Most sentences begin with it.
    if (more.name !== undefined && !said[0]!.startsWith(`${more.name}: `))
      said[0] = `${more.name}: ${said[0]}`;
    this.#tell("red", [...said, ...(debug?.split("\n") ?? [])], told);
  }
}

/** Ends the process with the exit code of the first of some errors, if there are any. */
export function setExitCode([first]: readonly unknown[]): void {
  if (first !== undefined) process.exitCode ??= describeError(first).record.exitCode;
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

/** An error for people, in one line but for a compiler's, and for programs. */
export function describeError(thrown: unknown): { lines: string[]; record: ErrorRecord } {
  const code = exitNameOf(thrown);
  const message = sentenceOf(thrown, code);
  return {
    lines: isBuildError(thrown) ? printableLines(message) : [printableMessage(message)],
    record: {
      code,
      exitCode: exitCodeOf(code),
      ...(thrown instanceof DeviceError && { device: thrown.device, deviceError: thrown.code }),
      message: message.slice(0, longestErrorMessage),
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
