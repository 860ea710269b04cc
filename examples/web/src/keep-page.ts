/** Has the service worker keep the built page on the device. While it is developed nothing is kept. */
export function keepPage(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // Without it, as in some private windows, the page needs its server to open, and nothing else is different.
  navigator.serviceWorker.register('/service-worker.js').catch(() => undefined);
}
