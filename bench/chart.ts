import type { RunDescription } from './report.ts';
import type { Summary } from './summary.ts';

/** Bars end here, and the number tells how much longer they were, so that the short ones stay comparable. */
const LONGEST_RATIO = 12;

const COLUMNS = 2;
const PANEL_WIDTH = 480;
const NAME_WIDTH = 130;
const BAR_WIDTH = 230;
const ROW_HEIGHT = 20;
const HEAD_HEIGHT = 30;
const GAP = 18;
const TITLE_HEIGHT = 64;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .workload { font-weight: 600; }
  .muted { fill: #59636e; }
  .name { text-anchor: end; }
  .back { fill: #ffffff; }
  .floor-line { stroke: #59636e; stroke-dasharray: 2 3; }
  .floor { fill: #8c959f; }
  .product { fill: #0969da; }
  .peer { fill: #bc4c00; }
  .all { fill-opacity: 0.3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .muted { fill: #9198a1; }
    .back { fill: #0d1117; }
    .floor-line { stroke: #9198a1; }
    .floor { fill: #6e7681; }
    .product { fill: #4493f8; }
    .peer { fill: #db6d28; }
  }
`;

/**
 * The ratios to the floor as an SVG image that follows the reader's light or dark colours: a panel for each workload, a
 * bar for each contender, and behind it a paler one for server and PostgreSQL together. Workloads without the floor
 * have no ratios and no panel.
 */
export function drawChart(summaries: readonly Summary[], run: RunDescription): string {
  const shown = summaries.filter(({ timesFloor }) => timesFloor !== undefined);
  const workloads = [...new Set(shown.map(({ workload }) => workload))];
  const panels = workloads.map((workload) => shown.filter((summary) => summary.workload === workload));
  const columns = panelColumns(panels);
  const height =
    TITLE_HEIGHT + Math.max(0, ...columns.map((column) => column.reduce((sum, panel) => sum + heightOf(panel), 0)));
  const width = COLUMNS * PANEL_WIDTH + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>CPU time of a request as a multiple of the floor</title>',
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    text(GAP, 26, 'CPU time of a request: times the floor, less is better', 'title'),
    text(
      GAP,
      46,
      `Solid bar, first number: the server. Pale bar, second number: with PostgreSQL. Bars end at ${LONGEST_RATIO}. ${run.date.slice(0, 10)}, Node.js ${run.node.slice(1)}, PostgreSQL ${run.postgres}.`,
      'muted',
    ),
    ...columns.flatMap((column, index) => drawColumn(column, GAP + index * PANEL_WIDTH)),
    '</svg>',
    '',
  ].join('\n');
}

type Panel = readonly Summary[];

/** Each panel goes where there is most room, so that both columns end at about the same height. */
function panelColumns(panels: readonly Panel[]): Panel[][] {
  const columns: { height: number; panels: Panel[] }[] = Array.from({ length: COLUMNS }, () => ({
    height: 0,
    panels: [],
  }));
  for (const panel of panels) {
    const shortest = columns.reduce((least, column) => (column.height < least.height ? column : least));
    shortest.panels.push(panel);
    shortest.height += heightOf(panel);
  }
  return columns.map((column) => column.panels);
}

function heightOf(panel: Panel): number {
  return HEAD_HEIGHT + panel.length * ROW_HEIGHT + GAP;
}

function drawColumn(panels: readonly Panel[], left: number): string[] {
  let top = TITLE_HEIGHT;
  return panels.flatMap((panel) => {
    const drawn = drawPanel(panel, left, top);
    top += heightOf(panel);
    return drawn;
  });
}

function drawPanel(panel: Panel, left: number, top: number): string[] {
  const barLeft = left + NAME_WIDTH + 8;
  const floorLine = barLeft + lengthOf(1);
  const bottom = top + HEAD_HEIGHT + panel.length * ROW_HEIGHT;
  return [
    text(barLeft, top + 18, panel[0]!.workload, 'workload'),
    ...panel.flatMap((summary, row) => drawBar(summary, barLeft, top + HEAD_HEIGHT + row * ROW_HEIGHT)),
    `<line class="floor-line" x1="${floorLine}" x2="${floorLine}" y1="${top + HEAD_HEIGHT - 4}" y2="${bottom}"/>`,
  ];
}

function drawBar({ contender, timesFloor = 0, timesFloorInAll }: Summary, left: number, top: number): string[] {
  const kind = contender === 'floor' || contender.startsWith('product') ? contender.split('-')[0] : 'peer';
  const inAll = timesFloorInAll ?? 0;
  const longest = lengthOf(Math.max(timesFloor, inAll));
  const numbers =
    timesFloorInAll === undefined ? ratioText(timesFloor) : `${ratioText(timesFloor)} · ${ratioText(inAll)}`;
  return [
    text(left - 8, top + 13, contender, 'name'),
    `<rect class="${kind} all" x="${left}" y="${top + 2}" width="${lengthOf(inAll)}" height="${ROW_HEIGHT - 5}"/>`,
    `<rect class="${kind}" x="${left}" y="${top + 5}" width="${lengthOf(timesFloor)}" height="${ROW_HEIGHT - 11}"/>`,
    text(left + longest + 6, top + 13, numbers, 'muted'),
  ];
}

function lengthOf(ratio: number): number {
  return Math.round((Math.min(ratio, LONGEST_RATIO) / LONGEST_RATIO) * BAR_WIDTH * 10) / 10;
}

function ratioText(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}

/** Names come from this benchmark's own lists, so that nothing in them has to be escaped. */
function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${content}</text>`;
}
