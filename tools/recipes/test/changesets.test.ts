import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test("each note for the changelog names its packages, as changesets reads them", () => {
  for (const file of globSync(".changeset/*.md", { cwd: root })) {
    const text = readFileSync(join(root, file), "utf8");
    expect(text, file).toMatch(/^---\n("(busbar|@busbar\/[a-z\d-]+)": (major|minor|patch)\n)+---\n\n\S/);
  }
});
