export const cases: Readonly<Record<string, () => unknown>>;
export function show(value: unknown): string;
