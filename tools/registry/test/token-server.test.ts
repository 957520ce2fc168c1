import { describe, expect, test } from "vitest";
import { mayHaveCredentials } from "../src/token-server.ts";

const may = (registry: string, realm: string, variable?: string) =>
  mayHaveCredentials(new URL(registry), new URL(realm), { BUSBAR_TOKEN_SERVERS: variable });

describe("a token server that is shown the registry's credentials", () => {
  test.each([
    ["https://ghcr.io/", "https://ghcr.io/token"],
    ["https://registry-1.docker.io/", "https://auth.docker.io/token"],
    ["https://registry.gitlab.com/", "https://gitlab.com/jwt/auth"],
    ["https://git.example.com:5050/", "https://git.example.com/jwt/auth"],
    ["https://git.example.com:5050/", "https://git.example.com:5050/token"],
    ["http://127.0.0.1:5000/", "http://127.0.0.1:5000/token"],
  ])("of %s: %s", (registry, realm) => {
    expect(may(registry, realm)).toBe(true);
  });

  test.each([
    ["another host", "https://ghcr.io/", "https://evil.example/token"],
    ["a neighbour", "https://registry.example.com/", "https://auth.example.com/token"],
    ["a host below", "https://example.com/", "https://auth.example.com/token"],
    ["a name that ends alike", "https://myexample.com/", "https://example.com/token"],
    ["a name that begins alike", "https://ghcr.io/", "https://ghcr.io.evil.example/token"],
    ["a top-level domain", "https://registry.ai/", "https://ai/token"],
    ["a number that ends alike", "https://10.1.2.3/", "https://1.2.3/token"],
    ["Docker Hub's, for others", "https://ghcr.io/", "https://auth.docker.io/token"],
    [
      "Docker Hub's name at another port",
      "https://registry-1.docker.io/",
      "https://auth.docker.io:8443/token",
    ],
    ["another port of the host", "https://git.example.com/", "https://git.example.com:5050/token"],
    ["another port of this machine", "http://127.0.0.1:5000/", "http://127.0.0.1:6000/token"],
    ["this machine without TLS", "http://localhost:5000/", "http://localhost/token"],
  ])("is not %s", (_what, registry, realm) => {
    expect(may(registry, realm)).toBe(false);
  });

  test("is what the operator names, for that registry alone", () => {
    const variable = "registry.example.com=auth.example.com, 127.0.0.1:5000=127.0.0.1:6000,";
    expect(may("https://registry.example.com/", "https://auth.example.com/token", variable)).toBe(true);
    expect(may("http://127.0.0.1:5000/", "http://127.0.0.1:6000/token", variable)).toBe(true);
    expect(may("https://registry.example.com/", "https://auth.example.com:1/token", variable)).toBe(false);
    expect(may("https://other.example.com/", "https://auth.example.com/token", variable)).toBe(false);
    expect(may("https://auth.example.com/", "https://registry.example.com/token", variable)).toBe(false);
  });

  test.each(["registry.example", "a=b=c", "a=", "=b", "a=https://b", "a=b/token", "a=u@b", "a=b?x"])(
    "%j is malformed",
    (variable) => {
      expect(() => may("https://a/", "https://b/", variable)).toThrow(
        `BUSBAR_TOKEN_SERVERS is "${variable}"; write "registry.example=auth.example"`,
      );
    },
  );
});
