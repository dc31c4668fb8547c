/** The report's style sheet: colours for a screen, a failure per piece of paper where it fits. */
export const reportStyle = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --quiet: #6e7781; --agent: #0969da; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922; --quiet: #8b949e; --agent: #58a6ff; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; } p { margin: .25rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; } dt { color: var(--quiet); } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; }
th, td { text-align: left; padding: .2rem .75rem .2rem 0; vertical-align: top; border-bottom: 1px solid #8884; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: .85em ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
h2 .passed, tr.passed td:last-child, tr.passed td:nth-child(3) { color: var(--good); }
.failed { color: var(--bad); } .void { color: var(--warn); } .left-out, .quiet { color: var(--quiet); }
figure { margin: 1rem 0; } svg { width: 100%; } svg line { stroke: currentColor; }
svg text { font-size: 11px; text-anchor: middle; fill: currentColor; } svg circle { fill: var(--agent); fill-opacity: .6; }
svg circle.by-drill, tr.by-drill td:nth-child(2) { fill: var(--bad); color: var(--bad); }
svg circle.by-node, tr.by-node td:nth-child(2) { fill: var(--good); color: var(--good); }
tr.by-nodemend td:nth-child(2) { color: var(--agent); }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } section { break-inside: avoid; } a { color: inherit; text-decoration: none; } }
`;
