/** How a server says that it wants credentials: RFC 9110 section 11.6.1, RFC 6750, and Docker's token protocol. */

/** One challenge of a WWW-Authenticate header. */
export interface Challenge {
  /** In lower case: "bearer", "basic". */
  readonly scheme: string;
  /** By name in lower case: realm, service, scope. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longer headers are cut: no server needs more to say where its tokens are. */
const longestHeader = 8192;

/**
 * Splits a header into its challenges. What is malformed ends the list.
 *
 * @param header `Bearer realm="https://auth.example/token",service="registry"`; it is not trusted
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, longestHeader);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const parameter = /\s*,?\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
  const scheme = /\s*,?\s*([\w!#$%&'*+.^`|~-]+)(?=\s|,|$)/y;
  for (let position = 0; position < text.length; ) {
    const last = challenges.at(-1);
    parameter.lastIndex = position;
    const pair = last === undefined ? null : parameter.exec(text);
    if (pair !== null) {
      const value = pair[2]?.replace(/\\(.)/g, "$1") ?? pair[3] ?? "";
      last?.parameters.set(pair[1]!.toLowerCase(), value);
      position = parameter.lastIndex;
      continue;
    }
    scheme.lastIndex = position;
    const name = scheme.exec(text);
    if (name === null) break;
    challenges.push({ scheme: name[1]!.toLowerCase(), parameters: new Map() });
    position = scheme.lastIndex;
  }
  return challenges;
}
