/** The reports of a result, to where the command line wants them. */
import { render } from '#hil/report/render'
import type { Result } from '#hil/run/result'
import { type OutputRequest, writeWhole } from '#scripts/outputs'

export interface ReportOptions {
  readonly json?: string
  readonly html?: string
  readonly quiet?: boolean
}

const STANDARD_OUTPUT = '-'

/** The files the options ask for. */
export function reportFiles({ json, html }: ReportOptions): OutputRequest[] {
  const files: OutputRequest[] = []
  if (json !== undefined && json !== STANDARD_OUTPUT) files.push({ option: '--json', path: json })
  if (html !== undefined) files.push({ option: '--html', path: html })
  return files
}

/** Writes every report asked for, and prints the table for people unless `quiet`. */
export function writeReports(result: Result, { json, html, quiet }: ReportOptions): void {
  const toStandardOutput = json === STANDARD_OUTPUT
  if (quiet !== true) {
    const stream = toStandardOutput ? process.stderr : process.stdout
    const color = stream.isTTY && process.env['NO_COLOR'] === undefined
    stream.write(render(result, 'terminal', { color, width: Math.max(60, stream.columns ?? 100) }))
  }
  if (toStandardOutput) process.stdout.write(render(result, 'json'))
  else if (json !== undefined) writeWhole(json, render(result, 'json'))
  if (html !== undefined) writeWhole(html, render(result, 'html'))
  if (quiet === true || toStandardOutput) return
  if (json !== undefined) process.stdout.write(`result: ${json}\n`)
  if (html !== undefined) process.stdout.write(`report: ${html}\n`)
}
