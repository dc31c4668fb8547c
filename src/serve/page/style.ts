/** The style sheet of the status page. Its hash is in the Content-Security-Policy, so it is used as it stands. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #fff; --card: #f6f8fa; --line: #d0d7de; --good: #116329; --bad: #a40e26; --warn: #7d4e00; --quiet: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --card: #161b22; --line: #30363d; --good: #56d364; --bad: #ff7b72; --warn: #e3b341; --quiet: #9da7b1; }
}
html { font-size: clamp(14px, 11px + .35vw, 28px); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--page); }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; } ul, ol, dl { margin: 0; padding: 0 0 0 1.5rem; } dl, .cards, .ladder { padding: 0; } dd { margin: 0; } code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.good { color: var(--good); fill: var(--good); } .bad { color: var(--bad); fill: var(--bad); } .warn { color: var(--warn); fill: var(--warn); }
.quiet, footer { color: var(--quiet); } .lost { color: var(--bad); font-weight: 600; } a { color: inherit; } footer { margin-top: 2rem; }
.cards { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--line); border-radius: .4rem; padding: .6rem .9rem; margin-bottom: .5rem; }
.cards .card { margin: 0; } .good-edge { border-left-color: var(--good); } .bad-edge { border-left-color: var(--bad); } .warn-edge { border-left-color: var(--warn); }
.card dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; margin-top: .4rem; } dt { color: var(--quiet); }
.card dd { font-variant-numeric: tabular-nums; } .strip { vertical-align: -.15em; }
.ladder { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: .3rem 0; }
.ladder li { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .8rem; } .ladder .now { border-color: var(--bad); font-weight: 600; }
.lanes { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .75rem; align-items: center; }
.lanes svg { display: block; width: 100%; height: 1rem; background: var(--card); border: 1px solid var(--line); box-sizing: border-box; }
.axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: .85rem; }
ul.findings { margin-top: .5rem; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
`;
