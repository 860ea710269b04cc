const KEY = 'theme';
const root = document.documentElement.dataset;

/** What was chosen stays for the next time; without a choice the page follows the system. */
export function restoreTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') root.theme = kept;
}

/** The other one than is seen; when that is the system's, it is followed again. */
export function toggleTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const wanted = (root.theme ?? system) === 'dark' ? 'light' : 'dark';
  if (wanted === system) {
    delete root.theme;
    localStorage.removeItem(KEY);
  } else {
    root.theme = wanted;
    localStorage.setItem(KEY, wanted);
  }
}
