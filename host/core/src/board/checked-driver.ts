import type { LoadedComponent } from "../component/artifact.ts";
import type { Link } from "../link/link.ts";

/** A driver whose imports were checked against its entry. */
export interface CheckedDriver {
  readonly artifact: LoadedComponent;
  readonly link: Link;
}
