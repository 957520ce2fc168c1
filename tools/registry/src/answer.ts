/** What a registry's status means, as one sentence. */

import * as v from "valibot";
import { TooLongError } from "./body.ts";
import { foreignText, RegistryError } from "./error.ts";
import { type HttpResponse, TransientError } from "./http.ts";
import { parseRetryAfter } from "./retry.ts";

/** OCI Distribution Specification, "Error codes". */
const errorBody = v.object({
  errors: v.pipe(
    v.array(v.object({ code: v.optional(v.string(), ""), message: v.optional(v.string(), "") })),
    v.minLength(1),
  ),
});

const longestErrorBody = 64 * 1024;

/**
 * Refuses every answer but the expected ones, and frees its connection.
 *
 * @param what what was asked for, in the words of a message: "busbar/bme280:1.2.3"
 * @param asked who was asked at first; another may have answered, after a redirect
 * @throws RegistryError; TransientError for 429 and 5xx
 */
export async function requireAnswer(
  response: HttpResponse,
  expected: readonly number[],
  what: string,
  asked: URL,
): Promise<void> {
  if (expected.includes(response.status)) return;
  const said = await readSaid(response);
  const { host } = response.url;
  const { status } = response;
  if (status >= 400 && status < 500 && status !== 429 && response.url.origin !== asked.origin) {
    // Not "log in": nobody is to give a password to a host because a registry redirects there.
    throw new RegistryError(
      "registry",
      `${asked.host} sends to ${host} for ${what}, which answers ${status}${said}; try again, or ask who runs it.`,
    );
  }
  if (status === 404) {
    throw new RegistryError(
      "not-found",
      `${host} has no ${what}${said}; check the name and the version, and whether it is for those who log in only.`,
    );
  }
  if (status === 401 || status === 403) {
    throw new RegistryError(
      "denied",
      `${host} does not allow ${what}${said}; log in with "docker login ${host}" as somebody who may.`,
    );
  }
  if (status === 429) {
    throw new TransientError(
      new RegistryError("registry", `${host} is asked too often (429)${said}; try again later.`),
      parseRetryAfter(response.headers.get("retry-after"), Date.now()),
    );
  }
  if (status >= 500) {
    throw new TransientError(
      new RegistryError("registry", `${host} fails at ${what} (${status})${said}; try again later.`),
      parseRetryAfter(response.headers.get("retry-after"), Date.now()),
    );
  }
  throw new RegistryError(
    "registry",
    `${host} answers ${status} for ${what}${said}; check that it is an OCI registry.`,
  );
}

/** What the registry itself says, in brackets; a body that is broken or foreign says nothing. */
async function readSaid(response: HttpResponse): Promise<string> {
  try {
    const bytes = await response.read(longestErrorBody);
    const [first] = v.parse(errorBody, JSON.parse(new TextDecoder().decode(bytes)), {
      abortEarly: true,
    }).errors;
    const text = foreignText(first?.message || first?.code || "");
    return text === "" ? "" : ` ("${text}")`;
  } catch (error) {
    const isForeign = error instanceof SyntaxError || v.isValiError(error);
    if (isForeign || error instanceof TransientError || error instanceof RegistryError) return "";
    if (error instanceof TooLongError) return "";
    throw error;
  } finally {
    await response.discard();
  }
}
