/** Style sheet of the what-if section; in the page only where the section is, allowed by its hash like the page's own. */
export const WHAT_IF_STYLE = `
.what-if-grid { display: grid; grid-template-columns: minmax(0, 21rem) minmax(0, 1fr); gap: 1.5rem; align-items: start; margin: 1rem 0; }
.what-if-hand { background: var(--raised); border-radius: .5rem; padding: 1rem; font-size: .875rem; position: sticky; top: .5rem; max-height: calc(100vh - 1rem); overflow-y: auto; }
.what-if-hand select { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: .25rem; padding: .375rem; width: 100%; }
.what-if-hand .start { font-weight: 600; }
.what-if-hand summary { font-weight: 600; padding: .5rem 0; }
.what-if-hand fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.knob { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .125rem .75rem; align-items: end; padding: .375rem 0; }
.knob label { display: block; min-width: 0; }
.knob label > span { overflow-wrap: anywhere; }
.knob.range label > span { display: block; margin-bottom: .25rem; }
.knob .sub { grid-column: 1 / -1; font-size: .8125rem; }
.knob:not(.range) label { grid-column: 1 / -1; }
.knob .switch { display: flex; gap: .5rem; align-items: baseline; }
.knob input[type="range"] { width: 100%; margin: 0; accent-color: var(--c-policy); display: block; height: 1.5rem; }
.knob input[type="number"] { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: .25rem; padding: .125rem .25rem; width: 5.5rem; text-align: right; }
.knob input.moved { border: 2px solid var(--c-policy); font-weight: 600; }
.knob .exact { white-space: nowrap; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 .5rem; }
.buttons button { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: .375rem; padding: .375rem .75rem; cursor: pointer; }
.buttons button:hover { border-color: var(--link); }
#what-if :is(input, select, button):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.in-sample { display: inline-block; border: 1px solid var(--note-edge); background: var(--note); color: var(--ink); border-radius: .25rem; padding: 0 .375rem; font-size: .75rem; font-weight: 600; white-space: nowrap; }
.in-sample[hidden] { display: none; }
.refusal { color: var(--warn); font-weight: 600; margin: 0; }
.said { font-weight: 600; margin: 0; min-height: 3em; }
.what-if-says .scroll { margin-top: .25rem; }
.what-if-says tbody th { min-width: 7rem; }
.plot svg { display: block; max-width: 100%; font: 13px system-ui, sans-serif; fill: var(--ink); }
.plot .grid { stroke: var(--line); }
.plot .hull { fill: none; stroke: var(--c-single); stroke-width: 1.5; stroke-dasharray: 5 3; }
.plot path.swept { fill: none; stroke: var(--c-policy); stroke-width: 1.5; }
.plot circle.swept { fill: var(--c-policy); }
.plot .single { fill: var(--c-single); }
.plot .single.below { fill: var(--surface); stroke: var(--c-single); stroke-width: 1.5; }
.plot .leader { stroke: var(--muted); stroke-width: .75; }
.plot circle.policy { fill: var(--surface); stroke: var(--c-policy); stroke-width: 1.5; }
.plot .before { fill: var(--surface); stroke: var(--c-baseline); stroke-width: 2.5; }
.plot .ring { fill: none; stroke: var(--c-oracle); stroke-width: 2.5; }
.plot .hand { fill: var(--c-oracle); }
.plot :is(text.strong, text.weak) { paint-order: stroke; stroke: var(--surface); stroke-width: 3px; stroke-linejoin: round; }
.plot text.strong { font-weight: 650; } .plot text.weak { fill: var(--muted); font-size: 12px; }
.what-if figure svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: var(--ink); }
.what-if .used { fill: var(--c-served); } .what-if .used-line { fill: none; stroke: var(--c-policy); stroke-width: 1.25; }
.what-if .cap { stroke: var(--c-cap); stroke-width: 1.5; stroke-dasharray: 5 3; } .what-if .axis { stroke: var(--muted); }
.mark { width: 1rem; height: 1rem; flex: none; border-radius: 50%; border: 2.5px solid transparent; }
.mark.hand { border-color: var(--c-oracle); background: radial-gradient(circle, var(--c-oracle) 45%, transparent 50%); }
.mark.before { border-color: var(--c-baseline); } .mark.policy { border: 1.5px solid var(--c-policy); width: .75rem; height: .75rem; }
.mark.single { background: var(--c-single); border-radius: 0; transform: rotate(45deg) scale(.6); border: 0; }
.mark.below { border: 3px solid var(--c-single); border-radius: 0; transform: rotate(45deg) scale(.55); }
.mark.swept { height: 0; border: 0; border-top: 2px solid var(--c-policy); border-radius: 0; width: 1.25rem; }
@media (max-width: 52rem) { .what-if-grid { grid-template-columns: minmax(0, 1fr); } .what-if-hand { position: static; max-height: none; overflow-y: visible; } }
@media (max-width: 40rem) {
  .what-if-says table { font-size: .8125rem; } .what-if-says :is(th, td) { padding: .375rem .25rem; }
  .what-if-says tbody th { min-width: 5.5rem; max-width: 6rem; overflow-wrap: normal; font-size: .75rem; } .what-if-says td.number { white-space: normal; }
}
@media screen and (min-width: 110rem) {
  .what-if-says { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: 2.5rem; align-items: start; }
  .what-if-says > :is(p, .whole) { grid-column: 1 / -1; } .what-if-says > div > h3 { margin-top: .25rem; } .what-if-says > .whole > h3 { margin-top: 1.5rem; }
}
@media print { #what-if:not(:has(.what-if)) { display: none; } .what-if-hand { display: none; } .what-if-grid { display: block; } }
`
