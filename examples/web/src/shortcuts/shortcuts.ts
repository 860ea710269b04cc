/** Every shortcut, in one table: the help shows it, and use-shortcuts.ts does what it says. */
export const SHORTCUTS = [
  { keys: ['N'], does: 'New task' },
  { keys: ['/'], does: 'Search' },
  { keys: ['J', 'K'], does: 'Next task, previous task' },
  { keys: ['Enter'], does: 'Open the task' },
  { keys: ['X'], does: 'Complete the task' },
  { keys: ['Alt', '↑ ↓'], does: 'Move the task' },
  { keys: ['Delete'], does: 'Delete the task' },
  { keys: ['Z'], does: 'Undo' },
  { keys: ['Esc'], does: 'Save and close the task' },
  { keys: ['1 – 5'], does: 'Today, all, next 7 days, completed, trash' },
  { keys: ['D'], does: 'Dark or light' },
  { keys: ['?'], does: 'This help' },
] as const;
