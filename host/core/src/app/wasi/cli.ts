/** wasi:cli for an app: its arguments, its input and output, and its end. */

import type { AppContext } from "../context.ts";
import { emptyInlet, ProgramInlet } from "./input.ts";
import { Outlet } from "./outlet.ts";
import { InputStream, OutputStream } from "./streams.ts";

/** The app ended itself. No guest can catch it: what a function of the host throws ends the instance. */
export class AppExit extends Error {
  override readonly name = "AppExit";
  /** 0 for a good end. */
  readonly code: number;

  constructor(code: number) {
    super(`it ended with the exit code ${code}`);
    this.code = code;
  }
}

/** wasi:cli/exit. */
export function appExit(context: AppContext) {
  return {
    exit(status: { readonly tag: "ok" | "err" }): never {
      context.budget.check();
      throw context.exit(status.tag === "ok" ? 0 : 1);
    },
    exitWithCode(code: number): never {
      context.budget.check();
      throw context.exit(code);
    },
  };
}

/** wasi:cli/stdin. */
export function appStdin(context: AppContext) {
  const inlet = context.input === undefined ? emptyInlet : new ProgramInlet(context.input, context.signal);
  return {
    getStdin(): InputStream {
      context.budget.check();
      return new InputStream(context, inlet);
    },
  };
}

/** wasi:cli/stdout. */
export function appStdout(context: AppContext) {
  const outlet = new Outlet(context.output, context.signal);
  return {
    getStdout(): OutputStream {
      context.budget.check();
      return new OutputStream(context, outlet);
    },
  };
}

/** wasi:cli/stderr. */
export function appStderr(context: AppContext) {
  const outlet = new Outlet(context.errors, context.signal);
  return {
    getStderr(): OutputStream {
      context.budget.check();
      return new OutputStream(context, outlet);
    },
  };
}

/** wasi:cli/environment: the arguments, and nothing of the machine's own environment. */
export function appEnvironment(context: AppContext) {
  return {
    getEnvironment(): [string, string][] {
      context.budget.check();
      return [];
    },
    getArguments(): string[] {
      context.budget.check();
      return [context.app, ...context.arguments];
    },
    initialCwd(): undefined {
      context.budget.check();
    },
  };
}

/** wasi:cli/terminal-input: no app ever has one, and so its output has no escape sequences. */
class TerminalInput {}

/** wasi:cli/terminal-output. */
class TerminalOutput {}

/** The interfaces of wasi:cli that are about terminals, by their names. */
export const terminals = {
  "terminal-input": () => ({ TerminalInput }),
  "terminal-output": () => ({ TerminalOutput }),
  "terminal-stdin": (context: AppContext) => ({ getTerminalStdin: () => noTerminal(context) }),
  "terminal-stdout": (context: AppContext) => ({ getTerminalStdout: () => noTerminal(context) }),
  "terminal-stderr": (context: AppContext) => ({ getTerminalStderr: () => noTerminal(context) }),
} as const;

function noTerminal({ budget }: AppContext): undefined {
  budget.check();
}
