import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface DocumentedHeader {
  required?: boolean;
  schema: { type: string };
}
interface Documented {
  description: string;
  headers: Record<string, { $ref: string }>;
  content?: Record<string, { schema: object }>;
}
interface Operation {
  responses: Record<string, Documented>;
  requestBody?: { content: Record<string, { schema: object }> };
}
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    headers: Record<string, DocumentedHeader>;
    securitySchemes: object;
  };
}

/** What tells whether bodies and headers are as an OpenAPI document says. */
export interface DocumentChecks {
  validatorOf(schema: object): ValidateFunction;
  /** what of these headers is not as the document says */
  faultyHeaders(headers: Headers, documented: Documented['headers']): string[];
}

export function checksOf(document: Document): DocumentChecks {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  (formats as unknown as { default: (instance: Ajv2020) => void }).default(ajv);
  for (const [name, schema] of Object.entries(document.components.schemas)) ajv.addSchema(closed(schema), name);
  const validatorOf = (schema: object) => ajv.compile(closed(schema));

  return {
    validatorOf,
    faultyHeaders: (headers, documented) =>
      Object.entries(documented).flatMap(([name, { $ref }]) => {
        const header = document.components.headers[$ref.replace('#/components/headers/', '')];
        const value = headers.get(name);
        if (!header) return [`${name} is described nowhere`];
        if (value === null) return header.required ? [`${name} is missing`] : [];
        const isValid = validatorOf(header.schema);
        return isValid(header.schema.type === 'integer' ? Number(value) : value) ? [] : [`${name}: ${value}`];
      }),
  };
}

/** The same schemas with nothing allowed that they do not name. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (name, part) => {
    if (name === '$ref') return String(part).replace('#/components/schemas/', '');
    return part?.type === 'object' && part.properties ? { additionalProperties: false, ...part } : part;
  });
}
