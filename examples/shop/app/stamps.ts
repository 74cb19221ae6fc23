import { euros, type Keepsake } from './catalogue.ts'
import { type Html, html } from './html.ts'

// Classes, not colours: `p` paper, `t` the stamp's own colour, `s` its shade, `b` brass; `l`, `d`, `w` are lines of the same.
const petal = (turn: number): Html =>
  html`<ellipse class="t" cx="60" cy="36" rx="5.2" ry="13" transform="rotate(${turn} 60 53)"/>`

const tick = (turn: number): Html => html`<path class="d" d="M60 51v4" transform="rotate(${turn} 60 80)"/>`

const pictures: Readonly<Record<string, Html>> = {
  'music-box': html`
    <path class="s" d="M30 82 24 54h72l-6 28z"/><path class="l" d="M30 82 24 54h72l-6 28"/>
    <path class="w" d="M54 82q12-3 0-6t6-6"/><path class="p" d="M60 46 50 70q10 4 20 0z"/><circle class="p" cx="60" cy="42" r="4.5"/>
    <path class="l" d="M60 52q-10-2-7-14M60 52q10-2 7-14"/>
    <rect class="p" x="26" y="82" width="68" height="32" rx="2"/><path class="d" d="M32 89h56v18H32z"/>
    <circle class="s" cx="60" cy="98" r="5"/><path class="d" d="M38 98h12M70 98h12"/>
    <path class="w" d="M94 98h9v-9"/><circle class="b" cx="103" cy="87" r="4"/>
    <path class="l" d="M84 44V30l8-3v14"/><circle class="p" cx="81.5" cy="44" r="3"/><circle class="p" cx="89.5" cy="41" r="3"/>`,
  locket: html`
    <path class="w" stroke-dasharray="3 2" d="M16 16q8 38 40 38M104 16q-8 38-40 38"/>
    <circle class="w" cx="60" cy="55" r="5"/><ellipse class="b" cx="60" cy="89" rx="25" ry="30"/>
    <ellipse class="d" cx="60" cy="89" rx="20" ry="25"/>
    <path class="d" d="M60 106V86"/><path class="s" d="M60 100q-11 0-12-9 11 0 12 9M60 96q11 0 12-9-11 0-12 9"/>
    <path class="p" d="M60 88q-11-7-8-13 5-4 8 2 3-6 8-2 3 6-8 13"/>`,
  'pressed-flower': html`
    <path class="p" d="M24 24 94 20l4 96-70 4z"/>
    <path class="d" d="M60 54q4 26-3 58"/>
    <path class="s" d="M60 96q15-2 20-16-18 0-20 16M59 106q-15-2-22-17 19 0 22 17"/>
    ${[0, 36, 72, 108, 144, 180, 216, 252, 288, 324].map(petal)}
    <circle class="b" cx="60" cy="53" r="7"/>
    <path class="tape" d="m47 100 24 6-2 6-24-6z"/>`,
  postcards: html`
    <rect class="s" x="28" y="40" width="70" height="50" rx="1.5" transform="rotate(12 63 65)"/>
    <rect class="tape" x="24" y="44" width="70" height="50" rx="1.5" transform="rotate(3 60 69)"/>
    <g transform="rotate(-7 58 78)"><rect class="p" x="20" y="52" width="76" height="54" rx="1.5"/>
    <path class="sky" d="M24 56h68v26H24z"/><circle class="b" cx="76" cy="68" r="6.5"/>
    <path class="s" d="M24 82h68v20H24z"/><path class="p" d="M24 83q4-15 14-13 7-8 16 2 5 4 7 11z"/>
    <path class="p" d="M72 90V76l9 12H72zM70 90V79l-6 9h6zM63 91h20l-4 5H67z"/><path class="l" d="M30 91h16M36 96h20M82 99h7"/></g>`,
  'brass-key': html`
    <path class="l" d="M83 27q16 4 14 20t-14 20"/><path class="p" d="m76 66 12 2-3 34-6 5-5-7z"/><path class="d" d="m79 82 5 .5M78.5 87l5 .5M78 92l5 .5"/><circle class="s" cx="82" cy="73" r="2.3"/>
    <g transform="rotate(28 60 70)"><circle class="ring" cx="60" cy="34" r="8"/><circle class="ring" cx="48" cy="45" r="8"/><circle class="ring" cx="72" cy="45" r="8"/>
    <path class="b" d="M56.5 49h7v66h-7z"/><path class="b" d="M53.5 52h13v4h-13zM54.5 60h11v3h-11zM63 96h13v6h-4v4h4v8H63z"/></g>`,
  'sealing-wax': html`
    <path class="b" d="m80 18 9-3 12 38-9 3z"/><path class="tape" d="m88 44 9-3 4 12-9 3z"/>
    <rect class="p" x="20" y="54" width="80" height="56" rx="1.5"/>
    <path class="d" d="m21 109 30-28M99 109 69 81"/><path class="d" d="m20.5 55 39.5 34 39.5-34"/>
    <path class="s" d="M60 70q6-4 10 1 7-1 7 6 6 4 2 9 2 7-5 8-2 7-8 4-5 5-10 0-7 2-8-5-7-2-5-8-4-6 2-9 0-7 7-6 3-5 8 0z"/>
    <circle class="l" cx="60.5" cy="84" r="9"/><circle class="l" cx="60.5" cy="80.5" r="2.5"/><path class="l" d="M60.5 83v6.5m0-3.5h3"/>`,
  hourglass: html`
    <path class="l" d="M36 38v74M84 38v74"/>
    <path class="p" d="M42 36h36q1 22-13 36-2 3 0 6 14 14 13 36H42q-1-22 13-36 2-3 0-6-14-14-13-36z"/>
    <path class="b" d="M47 52q13 4 26 0-4 11-11.5 18h-3Q51 63 47 52zM46 110q2-14 14-20 12 6 14 20z"/><path class="w" d="M60 70v22"/>
    <path class="s" d="M30 28h60v8H30zM30 114h60v8H30z"/><path class="l" d="M30 28h60v8H30zM30 114h60v8H30z"/>`,
  compass: html`
    <circle class="w" cx="60" cy="37" r="8"/><path class="b" d="M55 44h10v7H55z"/>
    <circle class="b" cx="60" cy="80" r="34"/><circle class="p" cx="60" cy="80" r="28"/>
    ${[0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330].map(tick)}
    <g transform="rotate(32 60 80)"><path class="s" d="m60 56 6 24H54z"/><path class="b" d="m60 104 6-24H54z"/><circle class="p" cx="60" cy="80" r="2.5"/></g>`,
}

/** A keepsake as a postage stamp; decoration, because its name and price stand beside it. */
export function stamp({ slug, price }: Keepsake): Html {
  return html`<div class="stamp ${slug}"><svg viewBox="0 0 120 150" aria-hidden="true">
    <rect class="field" width="120" height="150"/><rect class="frame" x="4" y="4" width="112" height="142"/>
    ${pictures[slug]}
    <text class="maker" x="10" y="141">POSY &amp; BRASS</text><text class="value" x="110" y="141" text-anchor="end">${euros(price)}</text>
  </svg></div>`
}

export const postmark: Html = html`<svg class="postmark" viewBox="0 0 300 130" aria-hidden="true">
  <circle cx="65" cy="65" r="58"/><circle cx="65" cy="65" r="38"/>
  <path id="rim" d="M65 113.5a48.5 48.5 0 1 1 .1 0"/>
  <text><textPath href="#rim" startOffset="5%">KEEPSAKES BY POST · KEEPSAKES BY POST ·</textPath></text>
  <path d="M47 60h36M47 72h36M53 50h24M53 82h24"/>
  <path d="M132 35q14-9 28 0t28 0 28 0 28 0 28 0M132 55q14-9 28 0t28 0 28 0 28 0 28 0M132 75q14-9 28 0t28 0 28 0 28 0 28 0M132 95q14-9 28 0t28 0 28 0 28 0 28 0"/>
</svg>`

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#23584c"/>
<circle cx="16" cy="10" r="5" fill="none" stroke="#e3b261" stroke-width="3"/><path d="M16 15v13m0-3h5m-5-5h4" stroke="#e3b261" stroke-width="3"/></svg>`
