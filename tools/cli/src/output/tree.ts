/** A node of a tree: its title, and lines below that belong to it. */
export interface TreeNode {
  readonly title: string;
  readonly lines: readonly string[];
  readonly children: readonly TreeNode[];
}

/** A tree as `lsusb -t` and `tree` draw it: one line a node, with its own lines below. */
export function tree({ title, lines, children }: TreeNode): string[] {
  const margin = children.length > 0 ? "│  " : "   ";
  return [
    title,
    ...lines.map((line) => `${margin}${line}`.trimEnd()),
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return tree(child).map(
        (line, row) => `${row === 0 ? (isLast ? "└─ " : "├─ ") : isLast ? "   " : "│  "}${line}`,
      );
    }),
  ];
}
