/** Where "today" is what it is here. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
