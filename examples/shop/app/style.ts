/** The whole stylesheet. Small enough to read; no build step. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f2f3ef, #111917);
  --card: light-dark(#fcfcfa, #19231f);
  --ink: light-dark(#1b2926, #e6eae4);
  --soft: light-dark(#55645e, #a3b2aa);
  --line: light-dark(#d3d8d0, #2d3a35);
  --green: light-dark(#215447, #9ad0bb);
  --on-green: light-dark(#ffffff, #0f1a16);
  --red: light-dark(#99312b, #f0a39a);
  --brass: #dcae5f;
  --stamp-paper: light-dark(#fdfcf7, #dcd8ca);
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, P052, 'Noto Serif', Georgia, serif;
  --sans: system-ui, 'Noto Sans', sans-serif;
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; max-width: 68rem; min-height: 100svh; padding: 0 clamp(1rem, 4vw, 2.5rem);
  display: grid; grid-template-rows: auto 1fr auto;
  background: var(--page); color: var(--ink); font: 1rem/1.55 var(--sans) }
h1, h2, h3, .mark, .lead, legend { font-family: var(--serif); font-weight: 500; line-height: 1.2; text-wrap: balance }
h1 { font-size: clamp(1.9rem, 1.2rem + 3vw, 3rem); margin: 0 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .75rem }
p { margin: 0 0 1rem; max-width: 38rem; text-wrap: pretty }
a { color: inherit; text-underline-offset: .25em; text-decoration-thickness: 1px }
a:hover { color: var(--green) }
:focus-visible { outline: 3px solid var(--green); outline-offset: 3px; border-radius: 4px }
.lead { font-size: 1.2rem; color: var(--soft); line-height: 1.45 }
.soft { color: var(--soft); font-size: .9rem }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: 1rem; top: -4rem; background: var(--card); padding: .6rem 1rem; z-index: 2 }
.skip:focus { top: .5rem }

.top { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between;
  padding: 1.25rem 0 1rem; margin-bottom: clamp(1.5rem, 5vw, 3.5rem); border-bottom: 1px solid var(--line) }
.mark { font-size: clamp(1.3rem, 1.1rem + 1vw, 1.6rem); text-decoration: none; white-space: nowrap }
.mark span { color: light-dark(#9a6a15, var(--brass)); font-style: italic }
nav { display: flex; gap: clamp(.9rem, 3vw, 1.5rem); min-width: 0 }
nav a { padding: .5rem 0; text-decoration: none; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
nav a:hover { text-decoration: underline }
nav a[aria-current] { box-shadow: 0 2px }
.count { display: inline-block; min-width: 1.5em; padding: 0 .4em; border-radius: 1em; text-align: center; font-size: .8rem;
  background: var(--green); color: var(--on-green) }
footer { margin-top: 4rem; padding: 1.5rem 0 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem }
footer p { margin: 0; max-width: none }
.notice { position: sticky; top: .75rem; z-index: 1; width: fit-content; max-width: 100%; margin: 0 0 1.5rem; padding: .65rem 1rem;
  background: var(--green); color: var(--on-green); border-radius: 6px; box-shadow: 0 4px 16px #0003 }

button, .button { display: inline-block; font: inherit; font-weight: 500; min-height: 2.75rem; padding: .55rem 1.2rem; cursor: pointer;
  border: 1px solid var(--green); border-radius: 6px; background: var(--green); color: var(--on-green); text-decoration: none }
button:hover, .button:hover { background: color-mix(in oklab, var(--green), var(--ink) 25%); color: var(--on-green) }
button.quiet { background: transparent; color: var(--green) }
button.quiet:hover { background: color-mix(in oklab, var(--green), transparent 88%); color: var(--green) }
form { margin: 0 }

.hero { display: grid; align-items: center; margin-bottom: 2.5rem }
.postmark { display: none; width: 17rem; fill: none; stroke: var(--soft); stroke-width: 1.5; opacity: .55; transform: rotate(-8deg) }
.postmark text { fill: var(--soft); stroke: none; font: 600 12px var(--sans); letter-spacing: 1.1px }
.postmark #rim { stroke: none }
.shelf { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(2, 1fr); gap: 2.25rem clamp(1rem, 3vw, 2rem) }
.shelf li { display: flex; flex-direction: column; scroll-margin-top: 5rem }
.shelf h2 { margin: .9rem 0 .15rem; font-size: 1.15rem }
.shelf p { flex: 1; color: var(--soft); font-size: .92rem; margin-bottom: .75rem }
.buy { display: flex; gap: .8rem; align-items: center; justify-content: space-between; line-height: 1.25 }
.buy .soft { display: block; font-size: .85rem }
.buy button { padding-inline: .9rem }

.stamp { --r: .3rem; padding: calc(2.4 * var(--r)); background: var(--stamp-paper);
  mask: radial-gradient(50% 50%, #0000 62%, #000 66%) round var(--r) var(--r) / calc(2 * var(--r)) calc(2 * var(--r)),
    linear-gradient(#000 0 0) no-repeat 50% / calc(100% - 2.3 * var(--r)) calc(100% - 2.3 * var(--r)) }
.stamp svg { display: block; width: 100% }
.lift { filter: drop-shadow(0 1px 1px #0002) drop-shadow(0 6px 10px #0002) }
.field { fill: var(--tint) }
.frame { fill: none; stroke: var(--stamp-paper); stroke-width: .8; opacity: .55 }
.p { fill: var(--stamp-paper) }
.s { fill: var(--shade) }
.t { fill: var(--tint) }
.b { fill: var(--brass) }
.l, .d, .w, .ring { fill: none; stroke: var(--stamp-paper); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
.d { stroke: var(--shade) }
.w, .ring { stroke: var(--brass); stroke-width: 2.4 }
.ring { stroke-width: 4.5 }
.tape { fill: color-mix(in oklab, var(--tint), var(--stamp-paper) 55%) }
.sky { fill: color-mix(in oklab, var(--tint), var(--stamp-paper) 70%) }
.maker, .value { fill: var(--stamp-paper); font: 500 7px var(--sans); letter-spacing: 1.2px }
.value { font: 500 15px var(--serif); letter-spacing: 0 }
.stamp { --tint: #2f6266; --shade: color-mix(in oklab, var(--tint), #0b1512 38%) }
.locket { --tint: #a24a45 }
.pressed-flower { --tint: #5d7a4a }
.postcards { --tint: #3d6c97 }
.brass-key { --tint: #3f4d63 }
.sealing-wax { --tint: #8a3a4c }
.hourglass { --tint: #6a5687 }
.compass { --tint: #245a4c }

main:has(.rows) { max-width: 46rem }
.rows { list-style: none; margin: 1.25rem 0 1.5rem; padding: 0; border-top: 1px solid var(--line) }
.rows > li { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; padding: 1rem 0; border-bottom: 1px solid var(--line) }
.rows .what { flex: 1 1 60% }
.rows h2, .rows h3 { margin: 0; font-size: 1.1rem }
.rows p { margin: .15rem 0 0 }
.rows .lift { flex: 0 0 4.5rem }
.rows .stamp { --r: .16rem }
.rows .stamp text { display: none }
.stepper { display: flex; align-items: center; gap: .4rem }
.stepper button { width: 2.75rem; padding: 0; font-size: 1.15rem; line-height: 1 }
.stepper output { min-width: 1.8em; text-align: center; font-variant-numeric: tabular-nums }
.sum { min-width: 3.5rem; margin-left: auto; text-align: right; font-variant-numeric: tabular-nums }
.total { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: flex-end; align-items: center }
.total p { margin: 0; font-family: var(--serif); font-size: 1.35rem }
.badge { display: inline-block; margin-left: .4rem; padding: .05rem .6rem; border-radius: 1em; border: 1px solid var(--green); color: var(--green);
  font: 500 .78rem/1.5 var(--sans); vertical-align: .12em; white-space: nowrap }
.actions { display: flex; flex-wrap: wrap; gap: .75rem }

.sheet { max-width: 27rem }
.fields { display: grid; gap: 1.25rem; margin: 1.5rem 0; padding: clamp(1.25rem, 4vw, 2rem); background: var(--card); border: 1px solid var(--line); border-radius: 10px }
.field-row { display: grid; gap: .3rem }
label { font-weight: 500 }
.field-row input { font: inherit; width: 100%; min-height: 2.9rem; padding: .5rem .8rem; color: inherit; background: var(--page);
  border: 1px solid light-dark(#7c8a84, #71827b); border-radius: 6px }
.field-row input[aria-invalid] { border-color: var(--red) }
.problem { color: var(--red); margin: 0; font-size: .95rem }
.check { display: grid; grid-template-columns: auto 1fr; gap: 0 .7rem; align-items: start }
.check input { width: 1.25rem; height: 1.25rem; margin: .15rem 0 0; accent-color: var(--green) }
.check .soft { grid-column: 2; font-weight: 400 }
code { font: .92em ui-monospace, 'DejaVu Sans Mono', monospace; padding: .1em .35em; border-radius: 4px; background: color-mix(in oklab, var(--green), transparent 88%) }
.facts { display: grid; gap: 0 2rem; margin: 0 0 1.5rem }
.facts dt { color: var(--soft); font-size: .9rem }
.facts dd { margin: 0 0 .6rem; overflow-wrap: anywhere }

@media (min-width: 40rem) {
  .shelf { grid-template-columns: repeat(3, 1fr) }
  .hero { grid-template-columns: 1fr auto }
  .postmark { display: block }
  .facts { grid-template-columns: max-content 1fr; row-gap: .4rem }
  .rows .what { flex-basis: 12rem }
  .facts dd { margin: 0 }
}
@media (min-width: 60rem) { .shelf { grid-template-columns: repeat(4, 1fr) } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
`
