"""How the page looks: on paper, on a phone, by day and by night."""

STYLE = """
:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0;
  --code: #f1f3f6; --bad: #b3261e; --bad-back: #fdecea; --good: #1a6f37; --good-back: #e6f4ea;
  --link: #0a58b9; --bar: #5b7fa6; --mark: #ffe58a; --mark-ink: #1b1f24;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1318; --card: #171c23; --ink: #e6eaef; --soft: #a0a9b4; --line: #303842;
    --code: #0f141a; --bad: #ff8a80; --bad-back: #3a1d1c; --good: #7ddc97; --good-back: #14301d;
    --link: #80b8ff; --bar: #6d93bd; --mark: #6b5900; --mark-ink: #fff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
main, header, footer { max-width: 84rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; padding-bottom: .6rem; }
a { color: var(--link); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1.02rem; margin: 0 0 .3rem; }
h4 { font-size: .86rem; margin: 0 0 .35rem; color: var(--soft); font-weight: 600; }
p { margin: .35rem 0; }
.verdict {
  display: inline-block; padding: .1rem .6rem; border-radius: .4rem; margin-right: .35rem;
  color: var(--bad); background: var(--bad-back); border: 1px solid currentColor;
}
.passed .verdict { color: var(--good); background: var(--good-back); }
.soft { color: var(--soft); font-size: .9rem; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .9rem 1rem; margin: 0 0 1rem; min-width: 0;
}
.cause { border-left: .35rem solid var(--bad); }
.cause h2 { margin: 0 0 .4rem; font-size: 1.3rem; line-height: 1.3; }
.cause h3 { margin-top: .8rem; }
.test { border-left: .35rem solid var(--bad); }
.error { color: var(--bad); font-weight: 600; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .9em; }
pre {
  margin: 0; padding: .6rem .7rem; background: var(--code); border: 1px solid var(--line);
  border-radius: .4rem; font-size: .78rem; line-height: 1.45; overflow: auto; max-height: 26rem;
  white-space: pre; overflow-wrap: normal; tab-size: 4;
}
.paste pre, .wrap pre, .sides pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.paste + .paste { margin-top: .4rem; }
.sides {
  display: grid; gap: .9rem; margin-top: .8rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
}
.sides > * { min-width: 0; }
.sides > div > * + * { margin-top: .8rem; }
figure { margin: 0; }
.sides figure img {
  display: block; width: 100%; height: auto; max-height: 26rem; object-fit: contain;
  object-position: top left; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--code);
}
details { margin: .5rem 0; }
summary { cursor: pointer; padding: .2rem 0; }
summary h3, summary h4 { display: inline; }
details[open] > summary { margin-bottom: .3rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; vertical-align: top; }
th { font-weight: 600; overflow-wrap: normal; }
thead th { color: var(--soft); font-size: .82rem; border-bottom: 1px solid var(--line); }
.when td:first-child, .when th:first-child { width: 9rem; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.shards .failed td, .shards .failed th { color: var(--bad); font-weight: 600; }
.stages td:first-child, .stages th:first-child { white-space: nowrap; width: 1%; }
.stages td:nth-child(2), .stages th:nth-child(2) { width: 1%; }
.stages .failed { color: var(--bad); font-weight: 600; }
.stages svg { display: block; width: 100%; height: 1.1rem; margin-top: .2rem; }
.stages rect { fill: var(--bar); }
.stages .failed rect { fill: var(--bad); }
.pair { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.pair > * { min-width: 0; margin-bottom: 0; }
.pair h2 { margin-top: 0; }
.search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 .5rem; }
.search[hidden] { display: none; }
.search input {
  flex: 1 1 12rem; min-width: 0; font: inherit; padding: .4rem .6rem; color: var(--ink);
  background: var(--card); border: 1px solid var(--soft); border-radius: .4rem;
}
#app-log { max-height: 70vh; }
#app-log button {
  font: inherit; color: var(--link); background: none; border: 0; padding: 0; cursor: pointer;
  min-width: 4.5em; margin-right: .8em; text-align: right; user-select: none;
  text-decoration: underline;
}
mark { background: var(--mark); color: var(--mark-ink); }
ul.files { columns: 18rem; padding-left: 1.1rem; margin: .3rem 0; font-size: .9rem; }
footer { padding-bottom: 2rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { font-size: 15px; }
  main, header, footer { padding-left: .6rem; padding-right: .6rem; }
  .card { padding: .7rem; }
  pre { font-size: .72rem; max-height: 20rem; }
  .shards th { overflow-wrap: anywhere; }
  .shards thead th { overflow-wrap: normal; }
  .shards tr > :nth-child(n + 5) { display: none; }
  #app-log { white-space: pre-wrap; overflow-wrap: anywhere; }
}
@media print {
  :root { --back: #fff; --card: #fff; --code: #fff; --ink: #000; --soft: #444; --line: #999;
    --bad: #900; --bad-back: #fff; --good: #060; --good-back: #fff; --bar: #777;
    color-scheme: light; }
  body { font-size: 10pt; }
  pre, #app-log { max-height: none; overflow: visible; white-space: pre-wrap;
    overflow-wrap: anywhere; }
  .screen { display: none !important; }
  .test h3, h2 { break-after: avoid; }
  figure, .cause { break-inside: avoid; }
}
"""
