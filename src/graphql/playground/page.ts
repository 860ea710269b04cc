import type { Assets } from './assets.ts';

/** Relative to /graphql, so that the page also works below a path of a proxy. */
const BASE = 'graphql';

/**
 * Nothing but this server's own files. The nonce is for the one style element that GraphiQL's dialogs insert; fonts
 * and pictures as data: stand in its style sheet.
 */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self' data:",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The HTML of the playground. */
export function renderPage(assets: Assets, nonce: string): string {
  const url = (name: string) => `${BASE}/assets/${name}?v=${assets.get(name)?.version}`;
  const script = (name: string) => `<script src="${url(name)}" defer></script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>premium-todo</title>
<link rel="icon" href="${url('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${url('graphiql.css')}">
<link rel="stylesheet" href="${url('playground.css')}">
${script('react.js')}
${script('react-dom.js')}
${script('graphiql.js')}
<script src="${url('playground.js')}" nonce="${nonce}" defer></script>
</head>
<body>
<div id="playground"><p class="notice">Loading …</p></div>
<noscript><p class="notice">The playground needs JavaScript. The API itself is at this URL, for POST requests.</p></noscript>
</body>
</html>
`;
}
