/** Which token server is shown a registry's credentials. The registry names one; that alone is no reason to believe it. */

import { RegistryError } from "./error.ts";

/** Registries whose token server has another name, as their operators document it. */
const known: ReadonlyMap<string, string> = new Map([["registry-1.docker.io", "auth.docker.io"]]);

/** Where the operator names more: "registry.example=auth.example,other.example:5000=auth.example:8443". */
export const tokenServersVariable = "BUSBAR_TOKEN_SERVERS";

/**
 * Whether the credentials for a registry are sent to this token server, so that it gives a token for them. It is where
 * whoever has the server could have had the credentials anyway:
 *
 * - the registry's own origin;
 * - the same name at port 443, which only a machine's administrator can listen at (a registry at :5050 beside its GitLab);
 * - a domain that the registry's name is under (registry.gitlab.com and gitlab.com): who has that has the registry's name;
 * - Docker Hub's, which has another name;
 * - what the operator names in BUSBAR_TOKEN_SERVERS.
 *
 * A neighbour (registry.example.com and auth.example.com) is none of these: which names belong to one owner cannot be told
 * from the names.
 *
 * @param realm the caller has made sure that it is HTTPS, or both are this machine
 * @throws RegistryError with reason "local" when the variable is malformed
 */
export function mayHaveCredentials(
  registry: URL,
  realm: URL,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (realm.origin === registry.origin) return true;
  if (configured(environment).some(([from, to]) => from === registry.host && to === realm.host)) return true;
  // A port of this machine may be any of its users'.
  if (registry.protocol !== "https:" || realm.protocol !== "https:" || realm.port !== "") return false;
  return (
    realm.hostname === registry.hostname ||
    known.get(registry.host) === realm.hostname ||
    isParentDomain(realm.hostname, registry.hostname)
  );
}

/** Not a top-level domain: nobody's registry is its owner's. Addresses have none: URLs write them with all four numbers. */
function isParentDomain(parent: string, name: string): boolean {
  return parent.includes(".") && name.endsWith(`.${parent}`);
}

function configured(environment: Readonly<Record<string, string | undefined>>): [from: string, to: string][] {
  const text = environment[tokenServersVariable] ?? "";
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return pairs.map((pair) => {
    const [from, to, ...rest] = pair.split("=").map((host) => hostOf(host.trim()));
    if (from !== undefined && to !== undefined && rest.length === 0) return [from, to];
    throw new RegistryError(
      "local",
      `${tokenServersVariable} is "${text}"; write "registry.example=auth.example", more of them with commas between.`,
    );
  });
}

/** A host as URLs have it: lower case, without the usual port. */
function hostOf(text: string): string | undefined {
  const url = URL.parse(`https://${text}/`);
  return url === null || url.pathname !== "/" || url.username !== "" || url.search !== "" || url.hash !== ""
    ? undefined
    : url.host;
}
