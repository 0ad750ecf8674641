/** How a matrix looks beyond the style of every page. Constant text. */
import { html } from '#hil/report/escape'
import { STYLE } from '#hil/report/style'

const LIGHT = html`--seen:#e5f4ee; --bench:#fdf1d8; --late:#fbe3cf; --never:#fbe0e6; --skipped:#e6e4f6;`
const DARK = html`--seen:#12312a; --bench:#33280f; --late:#43260f; --never:#45182a; --skipped:#27244a;`

export const MATRIX_STYLE = html`${STYLE}
  :root{${LIGHT}}
  @media screen and (prefers-color-scheme:dark){:root{${DARK}}}
  .page:has(.matrix){max-width:1200px}
  .legend{list-style:none;padding:0;margin:12px 0;display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px}
  .who{display:inline-block;padding:0 7px;border-radius:4px;font-weight:600;border:1px solid var(--rule)}
  .page:has(.matrix) tbody th{min-width:9em}
  .matrix{font-size:13px;border-collapse:separate;border-spacing:2px}
  .matrix th,.matrix td{padding:5px 8px;border-bottom:0;min-width:8.5em}
  .matrix thead th{overflow-wrap:anywhere;white-space:normal;vertical-align:bottom}
  .matrix tbody th{position:sticky;left:0;background:var(--paper);max-width:16em}
  .matrix tr.group th{padding-top:14px;font-size:14px;white-space:nowrap;max-width:none;position:static}
  .matrix a{color:inherit}
  .matrix .small{font-size:12px;font-weight:400}
  .control td{background:var(--faint)}
  .d-refused,.d-warned,.d-alarmed{background:var(--seen)}
  .d-volume-check,.d-dose-check{background:var(--bench)}
  .d-reconciliation{background:var(--late)}
  .d-nobody{background:var(--never)}
  .d-other{background:repeating-linear-gradient(135deg,var(--paper) 0 6px,var(--rule) 6px 8px)}
  .d-skipped{background:var(--skipped)}
  .none{color:var(--soft);font-size:12px}
  .mark{color:var(--fail);font-weight:700;text-decoration:none}
  .unseen{position:absolute;left:-9999px}
  @media screen and (max-width:760px){.matrix tbody th{max-width:9em;white-space:normal;overflow-wrap:anywhere}}
  @media print{.matrix{font-size:8.5pt}.matrix td,.who{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    .matrix tbody th{position:static}.matrix th,.matrix td{min-width:0;padding:3px 5px}}`
