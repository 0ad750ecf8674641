/**
 * The frame of a report page: one file that needs nothing else and loads nothing.
 *
 * The content security policy forbids every image, font and request, and every style and script but the page's own two,
 * which it names by their digests: even a mistake in this program could not make a page of hostile names do anything.
 */
import { createHash } from 'node:crypto'
import { html, Markup } from '#hil/report/escape'
import { PAGE_SCRIPT } from '#hil/report/page-script'
import { STYLE } from '#hil/report/style'

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function policyOf(style: Markup): string {
  return [
    "default-src 'none'",
    `style-src '${digestOf(style.toString())}'`,
    `script-src '${digestOf(PAGE_SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** A whole page with its title and body. */
export function page(title: string, body: Markup, style: Markup = STYLE): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="page" id="report">
${body}
</div>
${Markup.script(PAGE_SCRIPT)}
</body>
</html>
`.toString()
}
