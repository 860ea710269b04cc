/** Text is stored without control characters except newline and tab: a regular expression for documents. */
export const STORED_TEXT = '^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F]*$';
