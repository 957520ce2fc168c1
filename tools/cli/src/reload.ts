import type { BoardChange } from "@busbar/host";
import { readBoard } from "@busbar/host-node";
import type { Output } from "./output/output.ts";
import { printable } from "./output/printable.ts";
import type { Session } from "./session.ts";
import { watchFileContent } from "./watched-file.ts";

/** Which board to keep as its file is, and who is told. */
export interface ReloadOptions {
  /** The board file. */
  readonly path: string;
  readonly session: Session;
  readonly output: Output;
  /** Told of every change. */
  readonly listener?: ReloadListener;
  /** Told when the file is read again, and when that is over, well or not. */
  onReload?(phase: "begins" | "over"): void;
}

/** Who uses devices that an edit may change. */
export interface ReloadListener {
  /** These changes are made now: the devices that are replaced or removed are about to go. */
  changing(change: BoardChange): void;
  /** They are made. */
  changed(change: BoardChange): void;
}

/**
 * Takes over the board file whenever it is edited, and at SIGHUP: what can be changed while the board is open, and says what
 * cannot. A file that is wrong is reported, and the board goes on as it was. Disposing the result ends that.
 */
export function reloadOnEdit({ path, session, output, listener, onReload }: ReloadOptions): Disposable {
  const file = printable(path, 200);
  if (session.isBundle) return sayThatItStays(file, output);
  const reload = async (asked: boolean) => {
    onReload?.("begins");
    let begun: BoardChange | undefined;
    try {
      const changing = (change: BoardChange) => {
        begun = change;
        listener?.changing(change);
      };
      // An edit is about the board; who asks wants everything as it is on disk.
      const change = await session.board.update(readBoard(path), changing, { components: asked });
      tell(change, file, output, asked);
      listener?.changed(change);
    } catch (error) {
      output.error(error, { text: " (the board goes on as it was)" });
      // What was to go is there again, and whoever used it begins anew.
      if (begun !== undefined) listener?.changed(undoneOf(begun));
    } finally {
      onReload?.("over");
    }
  };
  const onSignal = () => void reload(true);
  process.on("SIGHUP", onSignal);
  const watch = watchFileContent(path, {
    changed: () => void reload(false),
    lost: (reason) => {
      const record = { type: "not-watched", reason };
      output.info(
        `${file} is not watched (${reason}); after an edit, send SIGHUP to process ${process.pid}.`,
        record,
      );
    },
  });
  return {
    [Symbol.dispose]: () => {
      watch[Symbol.dispose]();
      process.off("SIGHUP", onSignal);
    },
  };
}

/** A bundle is what its lock says. */
function sayThatItStays(file: string, output: Output): Disposable {
  const reason = "it is a bundle, which stays as it is";
  const onSignal = () => {
    output.info(
      `${file} is not read again (${reason}); put a new one in its place, and start busbar again.`,
      {
        type: "not-reloaded",
        reason,
      },
    );
  };
  process.on("SIGHUP", onSignal);
  return { [Symbol.dispose]: () => void process.off("SIGHUP", onSignal) };
}

function undoneOf({ replaced, removed, ...change }: BoardChange): BoardChange {
  return { ...change, added: [], removed: [], replaced: [...replaced, ...removed] };
}

/** @param asked whether somebody waits for an answer even where nothing has changed */
function tell(change: BoardChange, file: string, output: Output, asked: boolean): void {
  const { replaced, added, removed, components, later } = change;
  const done = Object.entries({ replaced, added, removed })
    .filter(([, names]) => names.length > 0)
    .map(([verb, names]) => `${verb} ${names.join(", ")}`);
  const rest = later.map((place) => `"${place}"`).join(", ");
  const sentences = [
    ...(done.length > 0 || asked ? [`${file}: ${done.join("; ") || "nothing to replace"}.`] : []),
    ...(components.length === 0 ? [] : [`The component of ${components.join(", ")} is another than before.`]),
    ...(rest === "" ? [] : [`${file}: restart busbar run to take over ${rest}.`]),
  ];
  const record = { type: "reload", replaced, added, removed, components, restart: later };
  if (sentences.length > 0) output.info(sentences.join(" "), record);
}
