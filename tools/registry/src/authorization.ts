/**
 * What a registry is shown to prove who asks: nothing, a name and password, or a token from the server it names.
 *
 * Sources: RFC 7617 (Basic), RFC 6750 (Bearer); Docker Registry v2 authentication, "Token" and "OAuth 2".
 */

import * as v from "valibot";
import { requireAnswer } from "./answer.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credentials.ts";
import { foreignText, RegistryError } from "./error.ts";
import { type HttpRequest, type HttpResponse, mayFollow, parseUrl, send, TooLongError } from "./http.ts";

/** What a request is going to do, in the words of token scopes. */
export type Action = "pull" | "pull,push";

/** What `Authorization` needs to know. */
export interface AuthorizationOptions {
  /** "https://ghcr.io/" */
  readonly base: URL;
  readonly repository: string;
  /** Asked for once, when the registry first wants credentials. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly timeoutMs: number;
}

const tokenAnswer = v.object({
  token: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
  access_token: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
});

const longestTokenAnswer = 256 * 1024;

/** The credentials for one repository, and the tokens got with them; nothing of it outlives the process. */
export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #headers = new Map<Action, string>();
  #credentials: Promise<Credentials | undefined> | undefined;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /**
   * Sends a request, with credentials if the registry asks for them.
   *
   * @throws RegistryError with reason "denied" when it refuses what there is, or there is nothing
   */
  async send(request: HttpRequest, action: Action): Promise<HttpResponse> {
    const { timeoutMs } = this.#options;
    const response = await send(this.#withHeader(request, this.#headers.get(action)), timeoutMs);
    if (response.status !== 401) return response;
    await response.discard();
    // A token that was accepted before may have run out: a new one is got once.
    const header = await this.#answer(response.headers.get("www-authenticate") ?? "", action);
    this.#headers.set(action, header);
    const second = await send(this.#withHeader(request, header), timeoutMs);
    if (second.status !== 401) return second;
    await second.discard();
    throw this.#denied(await this.#find());
  }

  #withHeader(request: HttpRequest, authorization: string | undefined): HttpRequest {
    // An upload may have been given a place on another host: nothing of ours is shown there.
    if (authorization === undefined || request.url.origin !== this.#options.base.origin) return request;
    return { ...request, headers: { ...request.headers, authorization } };
  }

  async #answer(header: string, action: Action): Promise<string> {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer !== undefined) return `Bearer ${await this.#token(bearer, action)}`;
    const credentials = await this.#find();
    if (!challenges.some(({ scheme }) => scheme === "basic")) {
      throw new RegistryError(
        "registry",
        `${this.#options.base.host} asks for credentials in a way that is not known ("${foreignText(header)}"); ask who runs it.`,
      );
    }
    if (credentials?.kind !== "password") throw this.#denied(undefined);
    return basic(credentials);
  }

  async #token({ parameters }: Challenge, action: Action): Promise<string> {
    const { base, repository, timeoutMs } = this.#options;
    const realm = parseUrl(parameters.get("realm") ?? "");
    if (realm === undefined || !mayFollow(base, realm)) {
      throw new RegistryError(
        "registry",
        `${base.host} sends for a token to "${foreignText(parameters.get("realm") ?? "")}", which is no HTTPS address; ask who runs it.`,
      );
    }
    const credentials = await this.#find();
    const service = parameters.get("service");
    const fields = {
      ...(service !== undefined && { service }),
      scope: parameters.get("scope") ?? `repository:${repository}:${action}`,
    };
    const response = await send(tokenRequest(realm, fields, credentials), timeoutMs);
    if (response.status === 401 || response.status === 403) {
      await response.discard();
      throw this.#denied(credentials);
    }
    await requireAnswer(response, [200], `a token for ${repository}`);
    return this.#readToken(response);
  }

  async #readToken(response: HttpResponse): Promise<string> {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(await response.read(longestTokenAnswer)));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TooLongError)) throw error;
    }
    const answer = v.safeParse(tokenAnswer, json);
    const token = answer.success ? (answer.output.token ?? answer.output.access_token) : undefined;
    // RFC 6750 section 2.1: what a token may consist of; anything else must not get into a header.
    if (token === undefined || !/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
      throw new RegistryError(
        "registry",
        `${response.url.host} answers with something that is no token; ask who runs it.`,
      );
    }
    return token;
  }

  #find(): Promise<Credentials | undefined> {
    this.#credentials ??= this.#options.credentials();
    return this.#credentials;
  }

  #denied(credentials: Credentials | undefined): RegistryError {
    const { base, repository } = this.#options;
    const what =
      credentials === undefined
        ? `wants credentials for ${repository}, and the docker config has none that fit`
        : `refuses the docker config's credentials for ${repository}`;
    return new RegistryError("denied", `${base.host} ${what}; run "docker login ${base.host}".`);
  }
}

function basic({ username, password }: Credentials & { kind: "password" }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

function tokenRequest(
  realm: URL,
  fields: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
): HttpRequest {
  if (credentials?.kind === "identity-token") {
    const form = { ...fields, grant_type: "refresh_token", refresh_token: credentials.token };
    return {
      method: "POST",
      url: realm,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new TextEncoder().encode(new URLSearchParams({ ...form, client_id: "busbar" }).toString()),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  return {
    method: "GET",
    url,
    ...(credentials !== undefined && { headers: { authorization: basic(credentials) } }),
  };
}
