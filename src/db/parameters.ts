/** Collects the values of one statement and answers their placeholders: `$1`, `$2`, … */
export class Parameters {
  readonly values: unknown[];

  /** `first` are the values that the text already names. */
  constructor(...first: unknown[]) {
    this.values = first;
  }

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
