import { expect, test } from "vitest";
import { mayFollow } from "../src/http.ts";

test.each([
  ["https://ghcr.io/", "https://cdn.example/blob", true],
  ["https://ghcr.io/", "https://ghcr.io:8443/blob", true],
  ["http://127.0.0.1:5000/", "https://cdn.example/blob", true],
  ["http://127.0.0.1:5000/", "http://127.0.0.1:6000/blob", true],
  ["http://localhost:5000/", "http://[::1]:6000/blob", true],
  ["https://ghcr.io/", "http://ghcr.io/blob", false],
  ["https://ghcr.io/", "http://127.0.0.1/blob", false],
  ["https://ghcr.io/", "https://localhost:8443/blob", false],
  ["https://ghcr.io/", "https://127.1/blob", false],
  ["http://127.0.0.1:5000/", "http://cdn.example/blob", false],
  ["http://127.0.0.1:5000/", "ftp://127.0.0.1/blob", false],
  ["https://ghcr.io/", "https://user@cdn.example/blob", false],
  ["https://ghcr.io/", "file:///etc/passwd", false],
])("from %s to %s: %s", (from, to, expected) => {
  expect(mayFollow(new URL(from), new URL(to))).toBe(expected);
});
