/** A driver that several exports of one component have at the same time: each of them is a bus of the same part. */

import { type Board, type Closable, type DriverDefinition, type Opened, openDriver } from "./driver.ts";
import type { OptionTable } from "./settings.ts";

/** A driver, and how many have it open. */
interface Shared {
  readonly opened: Opened<Closable>;
  users: number;
}

/** What is open of each definition, by the names that the board has. */
const open = new Map<object, Map<string, Shared>>();

/**
 * As `openDriver`, but a driver of the same definition that is open under that name already is used again; whoever closes it last
 * closes the driver.
 *
 * @throws DriverError
 */
export function openShared<Table extends OptionTable, Driver extends Closable, Given extends unknown[]>(
  board: Board,
  definition: DriverDefinition<Table, Driver, Given>,
  name: string,
): Opened<Driver> {
  const byName = open.get(definition) ?? new Map<string, Shared>();
  open.set(definition, byName);
  const shared = byName.get(name) ?? { opened: openDriver(board, definition, name), users: 0 };
  byName.set(name, shared);
  shared.users += 1;
  const resources = new DisposableStack();
  resources.defer(() => {
    shared.users -= 1;
    if (shared.users > 0) return;
    byName.delete(name);
    shared.opened.resources.dispose();
  });
  return { name, driver: shared.opened.driver as Driver, resources };
}
