/**
 * The tasks that are there, as a view that has the condition of the row-level policy. Under the policy itself no index is
 * searched by what functions make of a row, words or places: who knows whether they would tell of rows of others?
 */
export const OWN_TASKS = 'searched_tasks';
