import { readFileSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";

/** An editor writes a file in several steps; the content is looked at when they are over. */
const settleMs = 100;

/** Who is told of a file. */
export interface FileListener {
  /** Its content is another than before; called once for the content that it has at the beginning. */
  changed(): void;
  /** It is not watched, or no longer: the system's reason. */
  lost(reason: string): void;
}

/**
 * Watches the content of a file, through its folder: editors and deployments put another file in its place. A file that is
 * gone for a while is no change. Does not keep the process alive.
 */
export function watchFileContent(path: string, listener: FileListener): Disposable {
  let content: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    timer = undefined;
    const now = contentOf(path);
    if (now === undefined || now === content) return;
    content = now;
    listener.changed();
  };
  // Any event of the folder: where the file is a link to a link, as in Kubernetes, only the one in between changes.
  const soon = () => {
    timer ??= setTimeout(look, settleMs).unref();
  };
  let close = () => {};
  try {
    const watcher = watch(dirname(resolve(path)), { persistent: false }, soon);
    watcher.on("error", (error) => listener.lost(reasonOf(error)));
    close = () => watcher.close();
  } catch (error) {
    listener.lost(reasonOf(error));
  }
  look();
  return {
    [Symbol.dispose]: () => {
      close();
      clearTimeout(timer);
    },
  };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
