/** How many different documents the load chooses from. */
export const DOCUMENT_VARIANTS = 5000;

const OPTIONAL_FIELDS = ['title', 'description', 'completed', 'createdAt', 'updatedAt', 'version'];

/** The fields of a task that the document of this variant selects, the id first. */
export function fieldsOf(variant: number): string[] {
  return ['id', ...OPTIONAL_FIELDS.filter((_, index) => (variant >> index) % 2 === 1)];
}
