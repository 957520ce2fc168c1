/**
 * What a registry is shown to prove who asks: nothing, a name and password, or a token from the server it names.
 *
 * Sources: RFC 7617 (Basic), RFC 6750 (Bearer); Docker Registry v2 authentication, "Token" and "OAuth 2".
 */

import * as v from "valibot";
import { requireAnswer } from "./answer.ts";
import { TooLongError } from "./body.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credentials.ts";
import { foreignText, RegistryError } from "./error.ts";
import { type HttpRequest, type HttpResponse, mayFollow, parseUrl, send } from "./http.ts";
import { mayHaveCredentials, tokenServersVariable } from "./token-server.ts";

/** What a request is going to do, in the words of token scopes. */
export type Action = "pull" | "pull,push";

/** What `Authorization` needs to know. */
export interface AuthorizationOptions {
  /** "https://ghcr.io/" */
  readonly base: URL;
  readonly repository: string;
  /** Asked for once, when the registry first wants credentials. */
  readonly credentials: () => Promise<Credentials | undefined>;
  /** The environment: BUSBAR_TOKEN_SERVERS. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const tokenAnswer = v.object({
  token: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
  access_token: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
});

const longestTokenAnswer = 256 * 1024;

/**
 * The credentials for one repository, and the tokens got with them. Both go to the registry's own origin and no other, each
 * token for what it was got for; nothing of it outlives the process.
 */
export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #headers = new Map<Action, string>();
  #credentials: Promise<Credentials | undefined> | undefined;
  /** The token server that was asked without the credentials, which are not for it. */
  #stranger: URL | undefined;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /**
   * Sends a request, with credentials if the registry asks for them.
   *
   * @throws RegistryError with reason "denied" when it refuses what there is, or there is nothing
   */
  async send(request: HttpRequest, action: Action): Promise<HttpResponse> {
    const response = await this.#sendWith(this.#headers.get(action), request);
    if (response.status !== 401) return response;
    await response.discard();
    const { base } = this.#options;
    if (response.url.origin !== base.origin) {
      // A host that the registry sends to must not be able to ask for the registry's credentials.
      throw new RegistryError(
        "denied",
        `${base.host} sends to ${response.url.host}, which wants credentials, and gets none of ${base.host}; ask who runs it.`,
      );
    }
    // A token that was accepted before may have run out: a new one is got once.
    const header = await this.#answer(response.headers.get("www-authenticate") ?? "", action);
    this.#headers.set(action, header);
    const second = await this.#sendWith(header, request);
    const isDenied = second.status === 401 || (second.status === 403 && this.#stranger !== undefined);
    if (!isDenied) return second;
    await second.discard();
    throw this.#denied(await this.#find());
  }

  #sendWith(authorization: string | undefined, request: HttpRequest): Promise<HttpResponse> {
    const { base, timeoutMs } = this.#options;
    // An upload may have been given a place on another host: nothing of ours is shown there.
    const isOurs = authorization !== undefined && request.url.origin === base.origin;
    return send({ ...request, ...(isOurs && { authorization }) }, { timeoutMs });
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
    const isTrusted = mayHaveCredentials(base, realm, this.#options.environment);
    // What anybody may have is to be had from any token server.
    this.#stranger = isTrusted ? undefined : realm;
    const credentials = isTrusted ? await this.#find() : undefined;
    const service = parameters.get("service");
    // Never the scope that is asked for: a token for something else would be nothing that the registry needs to see.
    const fields = {
      ...(service !== undefined && { service }),
      scope: `repository:${repository}:${action}`,
    };
    const request = tokenRequest(realm, fields, credentials);
    const response = await send(request, { timeoutMs, leaveOrigin: false });
    if (response.status === 401 || response.status === 403) {
      await response.discard();
      throw this.#denied(await this.#find());
    }
    await requireAnswer(response, [200], `a token for ${repository}`, realm);
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
    if (credentials !== undefined && this.#stranger !== undefined) {
      const { host } = this.#stranger;
      return new RegistryError(
        "denied",
        `${base.host} sends for a token for ${repository} to ${host}, which is not shown the docker config's credentials; ` +
          `if it is who should have them, set ${tokenServersVariable}=${base.host}=${host}.`,
      );
    }
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
    ...(credentials !== undefined && { authorization: basic(credentials) }),
  };
}
