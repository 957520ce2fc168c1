import { describe, expect, test } from "vitest";
import { healthPlace } from "../src/health/place.ts";

describe("a place for health", () => {
  test.each([
    ["8080", { kind: "port", port: 8080 }],
    ["127.0.0.1:8080", { kind: "port", port: 8080 }],
    ["localhost:1", { kind: "port", port: 1 }],
    ["./health.sock", { kind: "socket", path: "./health.sock" }],
    ["/run/x", { kind: "socket", path: "/run/x" }],
    ["@busbar", { kind: "socket", path: "@busbar" }],
  ])("%s", (text, place) => {
    expect(healthPlace(text)).toEqual(place);
  });

  test.each(["0.0.0.0:8080", "[::]:80", "example.com:80", "65536", "", "@", "health", `/${"x".repeat(200)}`])(
    "%j is none",
    (text) => expect(() => healthPlace(text)).toThrow(),
  );
});
