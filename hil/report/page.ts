/**
 * The frame of a report page: one file that needs nothing else, runs nothing and loads nothing.
 *
 * The content security policy forbids every script, image, font and request, so that even a mistake in this program
 * could not make a page of hostile names do anything.
 */
import { html, type Markup } from '#hil/report/escape'
import { STYLE } from '#hil/report/style'

const POLICY = html`default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`

/** A whole page with its title and body. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="page" id="report">
${body}
</div>
</body>
</html>
`.toString()
}
