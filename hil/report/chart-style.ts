/**
 * How charts look: three ledgers that can be told apart in color, by the color-blind, in black and white, and when they
 * lie on top of each other.
 *
 * The prescribed ledger is a broad pale band, the delivered one a solid line within it, the believed one a dashed line
 * on top: where all three coincide, all three are still seen. Hues are those of Okabe and Ito, darker for light paper.
 */
import { html } from '#hil/report/escape'

/** Colors for light paper, as custom properties. */
export const LIGHT_INK = html`
  --paper:#ffffff; --ink:#1d2430; --soft:#566072; --rule:#dde2e9; --faint:#f4f6f9;
  --prescribed:#a9b4c4; --believed:#b34700; --delivered:#0b5fa5; --alarm:#a3123a; --mark:#6b4fa0; --fault:#7a5200; --faulted:#f3e2b8; --tolerance:#eef2f7;
  --pass:#0b6b4f; --pass-paper:#e5f4ee; --fail:#a3123a; --fail-paper:#fbe9ee; --unsure:#7a5200; --unsure-paper:#fdf1d8;`

/** Colors for dark paper. */
export const DARK_INK = html`
  --paper:#14181f; --ink:#e6eaf0; --soft:#a3adbd; --rule:#313947; --faint:#1b212b;
  --prescribed:#657388; --believed:#f0a35e; --delivered:#6db7f2; --alarm:#ff8fa8; --mark:#c0aaf0; --fault:#f0c674; --faulted:#463a1c; --tolerance:#1f2733;
  --pass:#6fd3ae; --pass-paper:#12312a; --fail:#ff9db2; --fail-paper:#3a1722; --unsure:#f0c674; --unsure-paper:#33280f;`

/** Rules for everything inside a chart. Lines keep their width however much a drawing is stretched. */
export const CHART_STYLE = html`
  .chart text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--ink)}
  .chart .tick{fill:var(--soft)}
  .chart path,.chart line{vector-effect:non-scaling-stroke}
  .chart .grid{stroke:var(--rule);stroke-width:1;fill:none}
  .chart .zero{stroke:var(--soft);stroke-width:1;fill:none}
  .chart .band{fill:var(--tolerance);stroke:none}
  .chart .allowed{stroke:var(--soft);stroke-width:1;stroke-dasharray:1 4;fill:none}
  .chart .raised{stroke:var(--alarm);stroke-width:1;stroke-dasharray:3 3;fill:none}
  .chart .faulted{fill:var(--faulted);fill-opacity:.55}
  .chart .line{fill:none;stroke-linejoin:round}
  .chart .prescribed{stroke:var(--prescribed);stroke-width:6;stroke-linecap:round}
  .chart .delivered{stroke:var(--delivered);stroke-width:2}
  .chart .believed{stroke:var(--believed);stroke-width:2;stroke-dasharray:7 5}
  [data-panel=flow] .chart .prescribed{stroke-width:4}
  [data-panel=flow] .chart .delivered{stroke-width:1.25}
  .chart .bar{fill:var(--alarm);stroke:none}
  .chart .fault{fill:var(--fault);stroke:none}
  .chart .limit{stroke:var(--fail);stroke-width:1.5;fill:none}
  .chart .spot{stroke-width:2;stroke:var(--delivered);fill:var(--delivered)}
  .chart .believed-spot{stroke:var(--believed);fill:var(--believed)}
  .chart .hollow{fill:var(--paper)}
  .chart .dot{fill:var(--mark);stroke:none}`
