interface DocumentWithSchemas {
  components?: { schemas?: Record<string, unknown> };
}

/** Drops the schemas that nothing refers to: each zod schema is offered in an input and an output form. */
export function withoutUnusedSchemas<Document extends object>(document: Document): Document {
  const { components } = document as DocumentWithSchemas;
  const all = components?.schemas ?? {};
  const text = JSON.stringify({ ...document, components: { ...components, schemas: {} } });
  const used = new Set<string>();
  const pending = [text];
  while (pending.length > 0) {
    for (const [, name] of (pending.pop() ?? '').matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      pending.push(JSON.stringify(all[name]) ?? '');
    }
  }
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  return { ...document, components: { ...components, schemas } };
}
