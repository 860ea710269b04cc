import type { Node } from 'libpg-query';

/** Every node, outermost first. Bodies of functions are left out: they run later, for few rows each. */
export function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  for (const [kind, inner] of Object.entries(value)) {
    if (/^[A-Z]/.test(kind)) yield { [kind]: inner } as Node;
    if (kind !== 'CreateFunctionStmt') yield* nodes(inner);
  }
}
