/**
 * The component did what the canonical ABI forbids, or what its limits do not allow (CanonicalABI.md, `trap_if`). Its
 * instance is dead from then on.
 */
export class Trap extends Error {
  override readonly name = "Trap";
}
