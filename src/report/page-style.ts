import { FILTER_STYLE } from './filter-style.js'

/** The page's style sheet; its hash stands in the page's Content-Security-Policy. Text pairs pass WCAG AA in both modes. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --muted: #56606b; --line: #dfe3e8; --surface: #ffffff; --raised: #f5f7f9; --link: #00599c;
  --note: #fff4d6; --note-edge: #a86a00; --good: #0b6b3a; --warn: #9b3400;
  --c-policy: #0072b2; --c-baseline: #1b1f24; --c-single: #6b747d; --c-oracle: #b34700; --c-control: #9c3f7c;
  --c-served: #a9cfe8; --c-downgraded: #e0950a; --c-rejected: #8f2f00; --c-deferred: #1b1f24; --c-cap: #b34700;
  --c-other: #a7adb3;
  --m1: #c7e9b4; --m2: #86cfbd; --m3: #47b7c4; --m4: #2194c0; --m5: #2361a9; --m6: #253a94; --m7: #0a1c55;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --muted: #a5aeb8; --line: #353b43; --surface: #15181c; --raised: #1f2429; --link: #7cc0f4;
    --note: #3a2e10; --note-edge: #e0a83a; --good: #6fd39b; --warn: #ff9d73;
    --c-policy: #56b4e9; --c-baseline: #f4f5f7; --c-single: #9aa3ad; --c-oracle: #ff8a4c; --c-control: #e08cc0;
    --c-served: #3f647e; --c-downgraded: #dc9a1e; --c-rejected: #ffc9ae; --c-deferred: #ffffff; --c-cap: #ff8a4c;
    --c-other: #626a73;
    --m1: #34509b; --m2: #2a6fb0; --m3: #2b93c4; --m4: #4fb8c6; --m5: #86cfbd; --m6: #c7e9b4; --m7: #f7fbd0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; display: inline-block; padding: .5rem 1rem; }
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { color: var(--muted); padding-bottom: 3rem; font-size: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
section { padding: 1.75rem 0; border-top: 1px solid var(--line); }
main > section:first-child { border-top: 0; padding-top: 1rem; }
p, li { max-width: 48rem; }
p { margin: 0 0 .75rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .75rem 0; list-style: none; font-size: .875rem; }
nav a { display: inline-block; padding: .25rem 0; }
.sub { color: var(--muted); font-size: .875rem; }
.banner { border: 2px solid var(--note-edge); background: var(--note); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0 0; }
.banner p { margin: 0; max-width: none; }
.lead { font-size: 1.25rem; line-height: 1.4; font-weight: 600; max-width: 52rem; }
.standing { max-width: 52rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; margin: 1.25rem 0; }
.figures div { background: var(--raised); border-radius: .5rem; padding: 1rem; }
.figures dt { color: var(--muted); font-size: .875rem; }
.figures dd { margin: 0; }
.figures .value { font-size: 1.625rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures .note { color: var(--muted); font-size: .8125rem; margin-top: .375rem; }
.scroll { overflow-x: auto; margin: .75rem 0; position: relative; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; color: var(--muted); font-size: .8125rem; padding-bottom: .375rem; caption-side: top; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(60rem, calc(100vw - 2rem)); }
th, td { text-align: right; padding: .4375rem .625rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--muted); }
tbody th { font-weight: 600; }
th:first-child, .words { text-align: left; }
th:first-child { padding-left: 0; }
td.words { min-width: 12rem; }
td.number { white-space: nowrap; }
td.words .sub { min-width: 16rem; }
td .sub, th .sub { display: block; font-weight: 400; }
th .sub { max-width: 18rem; white-space: normal; }
tbody th { min-width: 9.5rem; max-width: 18rem; overflow-wrap: anywhere; }
tr.featured > * { background: var(--raised); }
tr.featured > th:first-child { box-shadow: inset 4px 0 0 var(--c-policy); padding-left: .75rem; }
.verdict { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .warn { color: var(--warn); }
figure { margin: 1rem 0; container-type: inline-size; min-width: 0; }
figcaption { font-weight: 600; font-size: .9375rem; margin-bottom: .5rem; }
figcaption .sub { display: block; font-weight: 400; }
.chart svg { display: block; width: 100%; height: auto; font-family: inherit; }
.chart.narrow svg { max-width: 30rem; }
.chart.wide svg { max-width: 58rem; }
.chart.wide { display: none; }
@container (min-width: 40rem) { .chart.wide { display: block; } .both > .chart.narrow { display: none; } }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .5rem 1.5rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: .5rem 0; font-size: .8125rem; }
.legend li { display: flex; align-items: center; gap: .375rem; }
.legend svg { width: 1.5rem; height: .875rem; flex: none; }
.legend label { display: flex; align-items: center; gap: .375rem; min-height: 1.5rem; cursor: pointer; } .legend input { margin: 0; accent-color: var(--link); }
${FILTER_STYLE}
.key { columns: 8.5rem auto; column-gap: .75rem; margin: .5rem 0; padding: 0; font-size: .8125rem; } .key.wide { columns: 13rem auto; } .both > .key.wide { display: none; } .key li { margin-left: 1.75rem; break-inside: avoid; }
@container (min-width: 40rem) { .both > .key.wide { display: block; } .both > .key.narrow { display: none; } }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); font-size: .875rem; padding: .25rem 0; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .375rem 1rem; font-size: .9375rem; margin: 0 0 .75rem; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; }
code, pre { font-family: ui-monospace, "Liberation Mono", Menlo, monospace; font-size: .8125rem; }
pre { background: var(--raised); border-radius: .375rem; padding: .75rem; margin: .5rem 0; overflow-x: auto; }
bdi { unicode-bidi: isolate; }
.worst { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1.25rem 3rem; padding-left: 2.25rem; margin: .75rem 0; } .worst > li { max-width: none; min-width: 0; }
.worst p { margin-bottom: .5rem; }
blockquote { margin: 0 0 .5rem; padding: .5rem .75rem; background: var(--raised); border-left: 3px solid var(--line); font: .8125rem/1.45 ui-monospace, "Liberation Mono", Menlo, monospace; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: .5rem 1.5rem; margin: 0; font-size: .875rem; }
.sides dt { color: var(--muted); } .sides dd { margin: 0; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) { h1 { font-size: 1.25rem; } .lead { font-size: 1.0625rem; } dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .5rem; } }
@media screen and (min-width: 110rem) {
  header, main, footer { max-width: 112rem; } .lead, .standing { max-width: 60rem; }
  body:has(nav) { padding-left: 15rem; }
  nav { position: fixed; top: 1.5rem; left: max(1rem, calc(50vw - 63rem)); width: 13rem; max-height: calc(100vh - 3rem); overflow-y: auto; }
  nav ul { flex-direction: column; gap: .125rem; margin: 0; }
  .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: 2.5rem; align-items: start; }
}
@container (min-width: 100rem) {
  .both:has(> .key) { display: grid; grid-template-columns: minmax(0, 68rem) minmax(0, 1fr); column-gap: 2rem; align-items: start; }
  .both > .chart.wide svg { max-width: 68rem; }
}
@media print {
  body { font-size: 10pt; } nav, .skip, .legend input { display: none; } header, main, footer { max-width: none; padding: 0; }
  section { padding: 1rem 0; } figure, tr, .figures div, .banner { break-inside: avoid; } h2, h3, figcaption { break-after: avoid; }
  .scroll { overflow: visible; } .scroll table, .scroll .sub { font-size: 7.5pt; } th, td { padding: .125rem .25rem; } td.number { white-space: normal; } td.words, td.words .sub, tbody th { min-width: 4.5rem; }
  .figures div, .banner, tr.featured > * { background: none; } .figures div { border: 1px solid var(--muted); }
}
`
