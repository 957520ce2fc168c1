/** A process that writes to a lock file: `pinner.ts pin FOLDER NAME COUNT`, or `pinner.ts hold FOLDER`, which never ends. */

import { join } from "node:path";
import { withFileLock } from "../../src/file-lock.ts";
import { LockFile, lockFileName } from "../../src/lock.ts";
import { digestOf } from "../../src/manifest.ts";
import { parseReference } from "../../src/reference.ts";

const [what, folder = "", name = "", count = "0"] = process.argv.slice(2);

if (what === "pin") {
  const lock = new LockFile(folder);
  for (let index = 0; index < Number(count); index += 1) {
    await lock.pin(parseReference(`oci://x/${name}:1.0.${index}`), digestOf(Buffer.from(name)));
  }
} else {
  await withFileLock(join(folder, lockFileName), async () => {
    process.stdout.write("held\n");
    await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
  });
}
