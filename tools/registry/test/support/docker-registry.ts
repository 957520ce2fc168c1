import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's docker-registry, where it is installed. */
export const dockerRegistry = findProgram("docker-registry");

/** Why the tests with it are skipped where it is not. */
export const notInstalled = "docker-registry is not installed; run: apt-get install docker-registry";

/** bcrypt of "secret", which is the only hash that docker-registry takes (htpasswd -nbBC 4 tester secret). */
const passwords = "tester:$2y$04$/ilf4pcRxkKq1bH26Th0VO8SMx8MAEZhTL4SGmPCeAc8sQOxJBXyS\n";

/** A real registry on loopback, with htpasswd authentication, on a port that was free. */
export class DockerRegistry implements AsyncDisposable {
  /** Host and port. */
  readonly host: string;
  /** Its storage is in `data`; `config.json` is the docker config of somebody who is logged in. */
  readonly folder: string;
  readonly #end: () => Promise<void>;

  private constructor(host: string, folder: string, end: () => Promise<void>) {
    this.host = host;
    this.folder = folder;
    this.#end = end;
  }

  static async start(): Promise<DockerRegistry> {
    const folder = mkdtempSync(join(tmpdir(), "busbar-docker-registry-"));
    writeFileSync(join(folder, "htpasswd"), passwords);
    writeFileSync(
      join(folder, "config.yml"),
      JSON.stringify({
        version: 0.1,
        storage: { filesystem: { rootdirectory: join(folder, "data") } },
        http: { addr: "127.0.0.1:0" },
        auth: { htpasswd: { realm: "tests", path: join(folder, "htpasswd") } },
      }),
    );
    const child = spawn(dockerRegistry ?? "", ["serve", join(folder, "config.yml")], {
      env: { OTEL_TRACES_EXPORTER: "none" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const host = await new Promise<string>((resolve, reject) => {
      let log = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(log) ?? [];
        if (address !== undefined) resolve(address);
      });
      child.once("error", reject).once("close", () => reject(new Error(log)));
    });
    const auth = Buffer.from("tester:secret").toString("base64");
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
    return new DockerRegistry(host, folder, async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(":")
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
