/** Paths on a grid of 24, drawn as strokes. */
const PATHS = {
  calendar: 'M4 9.5h16M8 3v4M16 3v4M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevron: 'm9 6 6 6-6 6',
  close: 'M6 6l12 12M18 6 6 18',
  done: 'M21 12a9 9 0 1 1-4.2-7.6M8.5 11.5l3 3L21 5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  flag: 'M5 21V4M5 4.5c4-2.5 7 2 13 0v9c-6 2-9-2.5-13 0',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  inbox: 'M3.5 13.500h5l1.5 2.500h4l1.5-2.500h5M5.5 5h13l2.5 8.500V18a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4.500Z',
  keyboard:
    'M5 6h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2ZM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  list: 'M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.01M4 12h.01M4 18h.01',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.500A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.500Z',
  offline: 'M3 3l18 18M8 6.300A7 7 0 0 1 18.5 11 4 4 0 0 1 20.3 17.500M17 18H7a4.5 4.5 0 0 1-1.7-8.7',
  pencil: 'M4 20l1-4L16 5l3 3L8 19l-4 1Z',
  plus: 'M12 5v14M5 12h14',
  repeat: 'M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4',
  restore: 'M4 5v5h5M4.5 10A8 8 0 1 1 4 14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
  signOut: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9',
  sort: 'M7 5v14M4 16l3 3 3-3M17 19V5M14 8l3-3 3 3',
  subtasks: 'M5 4v12a2 2 0 0 0 2 2h5M5 9h7M16 9h4M16 18h4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4',
  tag: 'M4 5a1 1 0 0 1 1-1h6.600a2 2 0 0 1 1.4.6l6.7 6.700a2 2 0 0 1 0 2.800l-5.6 5.600a2 2 0 0 1-2.8 0L4.6 13a2 2 0 0 1-.6-1.400ZM8.5 8.500h.01',
  trash: 'M4 7h16M9 7V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M6 7l1 12a1.5 1.5 0 0 0 1.5 1.500h7A1.5 1.5 0 0 0 17 19l1-12',
  upcoming: 'M12 7.500V12l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside words or within something that has a name: hidden from assistive technology. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
