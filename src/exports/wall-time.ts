/** Making one takes longer than using it. Zones of tasks were checked: there are about six hundred. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks of a zone show at a moment, to the second: `2026-12-24T15:00:00`. */
export function wallTimeOf(moment: string, timeZone: string): string {
  const time = Date.parse(moment);
  return new Date(time + offsetAt(time, timeZone)).toISOString().slice(0, 19);
}

/** Whether this time of a zone is read as that moment: of an hour that clocks show twice the first one is meant. */
export function isFirstOfWallTime(moment: string, timeZone: string): boolean {
  const time = Date.parse(moment);
  const turnedBack = offsetAt(time - 86_400_000, timeZone) - offsetAt(time, timeZone);
  return turnedBack <= 0 || offsetAt(time - turnedBack, timeZone) === offsetAt(time, timeZone);
}

/** Milliseconds that clocks are ahead of UTC. */
export function offsetAt(time: number, timeZone: string): number {
  const whole = Math.floor(time / 1000) * 1000;
  const parts = formatOf(timeZone).formatToParts(whole);
  const {
    year = 0,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
    second = 0,
  } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const shown = new Date(0);
  shown.setUTCFullYear(year, month - 1, day);
  shown.setUTCHours(hour, minute, second);
  return shown.getTime() - whole;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { ...numeric, second: 'numeric', hourCycle: 'h23', timeZone });
  formats.set(timeZone, format);
  return format;
}
