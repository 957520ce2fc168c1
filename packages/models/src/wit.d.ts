/** What wit/models.wit imports. */
declare module "busbar:model/clock@0.1.0" {
  /** Milliseconds on a clock that never goes back. */
  export function nowMs(): number;
}
