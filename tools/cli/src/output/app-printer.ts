import { LineBuffer } from "./line-buffer.ts";
import type { Output } from "./output.ts";

/** Takes what one run of an app prints. */
export interface AppPrinter {
  /** @returns settles when there is room for more; undefined where there is */
  print(bytes: Uint8Array): Promise<void> | undefined;
  /** What is left is a line too. */
  end(): void;
}

/**
 * What an app prints on its stdout. An app is a program: to a file or a pipe its bytes go unchanged, as those of any other.
 * To a terminal they go as lines in which nothing but a tab is obeyed, and with `--json` as records of a line each.
 *
 * @param among whether other apps print too: its lines begin with its name then, to a file as well
 */
export function appPrinter(output: Output, app: string, among = false): AppPrinter {
  if (!output.json && !output.interactive && !among) {
    return {
      print: (bytes) => {
        output.appBytes(bytes);
        return output.drained;
      },
      end: () => undefined,
    };
  }
  const prefix = among ? `${app}: ` : "";
  return linePrinter(output, (line) => {
    if (output.json) output.record(lineRecord(app, line));
    else output.appLine(`${prefix}${line}`);
  });
}

/** What an app says on its stderr: lines among those of the command. */
export function appErrorPrinter(output: Output, app: string): AppPrinter {
  return linePrinter(output, (line) => output.notice(line, lineRecord(app, line)));
}

function linePrinter(output: Output, onLine: (line: string) => void): AppPrinter {
  const lines = new LineBuffer(onLine);
  return {
    print: (bytes) => {
      lines.push(bytes);
      return output.drained;
    },
    end: () => lines.end(),
  };
}

function lineRecord(app: string, line: string) {
  return { type: "output", time: new Date().toISOString(), app, line };
}
