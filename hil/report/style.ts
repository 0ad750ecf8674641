/**
 * How the page looks: one column of text, tables with aligned figures, light and dark, on paper and telephones.
 *
 * Constant text: nothing of a scenario ever enters a style sheet.
 */
import { CHART_STYLE, DARK_INK, LIGHT_INK } from '#hil/report/chart-style'
import { html } from '#hil/report/escape'

const PAGE = html`
  *{box-sizing:border-box}
  html{-webkit-text-size-adjust:100%}
  body{margin:0;background:var(--paper);color:var(--ink);
    font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
  .page{max-width:980px;margin:0 auto;padding:28px 24px 48px}
  h1{font-size:25px;line-height:1.25;margin:2px 0 10px;overflow-wrap:anywhere}
  h2{font-size:20px;line-height:1.3;margin:44px 0 8px;padding-top:18px;border-top:2px solid var(--ink);
    overflow-wrap:anywhere}
  h3{font-size:15px;margin:28px 0 8px}
  p{margin:8px 0;max-width:78ch;overflow-wrap:anywhere}
  a{color:var(--delivered)}
  a:focus-visible,summary:focus-visible,.scroll:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--delivered);outline-offset:2px}
  .skip{position:absolute;left:-9999px}
  .skip:focus{left:8px;top:8px;padding:8px 12px;background:var(--paper);border:1px solid var(--ink)}
  .over{color:var(--soft);font-size:13px;margin:0}
  .small{color:var(--soft);font-size:13px}
  .verdict{display:inline-block;font-weight:700;letter-spacing:.02em;padding:1px 9px;border-radius:4px;
    border:1px solid currentColor;white-space:nowrap}
  .pass{color:var(--pass);background:var(--pass-paper)}
  .fail{color:var(--fail);background:var(--fail-paper)}
  .inconclusive{color:var(--unsure);background:var(--unsure-paper)}
  .banner{display:flex;gap:14px;align-items:flex-start;padding:14px 16px;border-radius:6px;
    border:1px solid currentColor;margin:12px 0}
  .banner p{color:var(--ink);margin:0;font-size:16px}
  .banner p + p{margin-top:4px;font-size:14px}
  .banner .verdict{font-size:18px;border:0;padding:0;background:none;line-height:1.35}
  .parted{margin:8px 0;padding-left:20px;max-width:78ch}
  .parted li{margin:4px 0;overflow-wrap:anywhere}
`

const TABLES = html`
  .scroll{overflow-x:auto}
  table{border-collapse:collapse;width:100%;font-size:14px}
  th,td{text-align:left;vertical-align:top;padding:5px 14px 5px 0;border-bottom:1px solid var(--rule)}
  th{font-weight:600;white-space:nowrap}
  thead th{color:var(--soft);border-bottom:1px solid var(--soft)}
  td,tbody th{overflow-wrap:anywhere;min-width:6.5em;white-space:normal}
  td.time,td.short,tbody th.time,tbody th.short{white-space:nowrap;overflow-wrap:normal;min-width:0}
  .n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal;min-width:0}
  tr.with-detail > *{border-bottom:0;padding-bottom:0}
  tr.detail td{color:var(--soft);padding-top:1px;font-size:13px}
  tr.fail-row > :first-child{box-shadow:inset 3px 0 var(--fail);padding-left:10px}
  tr.unsure-row > :first-child{box-shadow:inset 3px 0 var(--unsure);padding-left:10px}
  td .verdict{font-size:13px;padding:0 7px}
  dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;font-size:14px;margin:8px 0}
  dt{color:var(--soft)}
  dd{margin:0;overflow-wrap:anywhere}
  code{font:13px ui-monospace,SFMono-Regular,Menlo,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
`

const FIGURES = html`
  figure{margin:14px 0}
  figcaption{color:var(--soft);font-size:13px;max-width:78ch;margin-top:4px}
  .panels{position:relative;touch-action:pan-y}
  .panels:focus-visible{outline:3px solid var(--delivered);outline-offset:4px}
  .panel{margin:0 0 10px}
  .panel-head{font-size:13px;margin:0;max-width:none;line-height:1.5}
  .panel-title{font-weight:600;margin-right:10px}
  .panel-head .note{color:var(--soft);font-style:italic}
  .key{white-space:nowrap;margin-right:10px}
  .key .now{font-variant-numeric:tabular-nums;font-weight:600}
  .panel > .chart{display:block;overflow:visible;margin-left:64px;width:calc(100% - 80px)}
  .panel > .chart > svg{overflow:visible}
  .swatch{display:inline-block;vertical-align:-1px}
  .cursor,.chosen{position:absolute;top:0;bottom:0;pointer-events:none}
  .cursor{width:0;border-left:1px solid var(--ink)}
  .chosen{background:var(--delivered);opacity:.18}
  .tools{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;font-size:13px;position:sticky;top:0;z-index:1;
    background:var(--paper);padding:6px 0;border-bottom:1px solid var(--rule)}
  .tools[hidden]{display:none}
  .tools label{display:flex;gap:6px;align-items:center;flex:1 1 180px}
  .tools input{flex:1;min-width:80px;accent-color:var(--delivered)}
  .tools .readout{flex:1 1 100%;font-variant-numeric:tabular-nums;min-height:1.5em}
  .tools .hint{flex:1 1 100%;color:var(--soft)}
  button{font:inherit;color:var(--ink);background:var(--faint);border:1px solid var(--soft);border-radius:4px;
    padding:3px 10px;cursor:pointer}
  button:disabled{color:var(--soft);border-color:var(--rule);cursor:default}
  .filter{border:0;padding:0;margin:12px 0;display:flex;flex-wrap:wrap;gap:4px 14px;font-size:14px}
  .filter legend{float:left;margin-right:14px;color:var(--soft)}
  body:has(#show-fail:checked) :is(tr,details):is(.pass-run,.inconclusive-run),
  body:has(#show-inconclusive:checked) :is(tr,details):is(.pass-run,.fail-run),
  body:has(#show-pass:checked) :is(tr,details):is(.fail-run,.inconclusive-run){display:none}
  details.run{margin:0;border-bottom:1px solid var(--rule)}
  details.run > summary{padding:10px 0;color:var(--ink)}
  details.run > summary h2{display:inline;font-size:16px;border:0;margin:0;padding:0}
  details.run > summary span{color:var(--soft)}
  details.run > summary .verdict{font-size:13px}
  details.run > section{padding:0 0 24px 16px;border-left:2px solid var(--rule)}
  details{margin:10px 0}
  summary{cursor:pointer;color:var(--delivered);font-size:14px}
`

const MEDIA = html`
  @media (prefers-reduced-motion:no-preference){html:focus-within{scroll-behavior:smooth}}
  @media screen and (max-width:760px){
    .page{padding:18px 16px 36px}
    .panel > .chart{margin-left:52px;width:calc(100% - 62px)}
    .tools .hint{display:none}
    .banner{flex-direction:column;gap:4px}
    dl{grid-template-columns:minmax(0,1fr)}
    dd{margin-bottom:6px}
    th,td{padding-right:10px}
  }
  @media print{
    @page{margin:14mm}
    body{font-size:11pt}
    .page{max-width:none;padding:0}
    .skip,.tools,.filter,.cursor,.chosen{display:none}
    h2,h3{break-after:avoid}
    figcaption,.panel,tr,.banner{break-inside:avoid}
    .panel-head{break-after:avoid}
    .panels{touch-action:auto}
    tr.with-detail{break-after:avoid}
    .scroll{overflow:visible}
    a{color:inherit;text-decoration:none}
    .chart,.verdict,.banner{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    details:not(.pass-run)::details-content{content-visibility:visible}
    details.run.fail-run,details.run.inconclusive-run{break-before:page}
  }
`

/** The style sheet of the page. Paper is always light. */
export const STYLE = html`
  :root{color-scheme:light dark;${LIGHT_INK}}
  @media screen and (prefers-color-scheme:dark){:root{${DARK_INK}}}
${PAGE}${TABLES}${FIGURES}${CHART_STYLE}${MEDIA}`
