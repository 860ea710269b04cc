export const TEMPLATE_DATABASE = 'template_premium_todo';

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
