/** Attempts at what may fail for a moment. */

import { setTimeout as wait } from "node:timers/promises";
import { RegistryError } from "./error.ts";
import { TransientError } from "./http.ts";

/** How often something is tried, and how one waits between. */
export interface Retries {
  /** Attempts in all; 4 by default. */
  readonly attempts?: number;
  /** Waits; a timer by default. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** A server that wants more patience than this gets an error that says so. */
const longestWaitMs = 60_000;

/**
 * Runs `operation` again where it fails with a TransientError: after 1, 2, 4 ... seconds, or what the server asks for.
 *
 * @throws the TransientError's `final` when no attempt is left; everything else at once
 */
export async function retrying<Result>(
  operation: () => Promise<Result>,
  { attempts = 4, sleep = (ms) => wait(ms) }: Retries,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const waitMs = error.waitMs ?? 1000 * 2 ** (attempt - 1);
      if (attempt >= attempts) throw error.final;
      if (waitMs > longestWaitMs) {
        const { reason, message } = error.final;
        const seconds = Math.ceil(waitMs / 1000);
        throw new RegistryError(reason, `${message.replace(/[.]$/, "")} (it asks to wait ${seconds} s).`, {
          cause: error,
        });
      }
      await sleep(waitMs);
    }
  }
}

/**
 * RFC 9110, section 10.2.3: how long a server asks to wait, in seconds or until a date.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, undefined where there is no such header or it is malformed
 */
export function parseRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
