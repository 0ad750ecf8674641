/** The reports of a result, to where the command line wants them. */
import { type ReportFormat, render } from '#hil/report/render'
import type { Result } from '#hil/run/result'
import { type OutputRequest, writeWhole } from '#scripts/outputs'

export interface ReportOptions {
  readonly json?: string
  readonly junit?: string
  readonly html?: string
  readonly quiet?: boolean
}

/** What can go to a file: the option, the form, and what a line on the terminal calls it. */
interface ReportFile {
  readonly option: 'json' | 'junit' | 'html'
  readonly format: ReportFormat
  readonly label: string
}

const REPORT_FILES: readonly ReportFile[] = [
  { option: 'json', format: 'json', label: 'result' },
  { option: 'junit', format: 'junit', label: 'junit' },
  { option: 'html', format: 'html', label: 'report' },
]

const STANDARD_OUTPUT = '-'

/** The files the options ask for. */
export function reportFiles(options: ReportOptions): OutputRequest[] {
  return wanted(options).map(({ option, path }) => ({ option: `--${option}`, path }))
}

/**
 * Writes every report asked for, and prints the table for people unless `quiet`. Returns one line for each report that
 * could not be written; the others are.
 */
export function writeReports(result: Result, options: ReportOptions): string[] {
  const { json, quiet } = options
  const toStandardOutput = json === STANDARD_OUTPUT
  if (quiet !== true) {
    const stream = toStandardOutput ? process.stderr : process.stdout
    const color = stream.isTTY && process.env['NO_COLOR'] === undefined
    stream.write(render(result, 'terminal', { color, width: Math.max(60, stream.columns ?? 100) }))
  }
  if (toStandardOutput) process.stdout.write(render(result, 'json'))
  return wanted(options).flatMap(({ option, format, label, path }) => {
    const problem = writeWhole(path, render(result, format))
    if (problem !== null) return [`--${option} ${path}: ${problem}`]
    if (quiet !== true && !toStandardOutput) process.stdout.write(`${label}: ${path}\n`)
    return []
  })
}

function wanted(options: ReportOptions): (ReportFile & { readonly path: string })[] {
  return REPORT_FILES.flatMap((file) => {
    const path = options[file.option]
    return path === undefined || (file.option === 'json' && path === STANDARD_OUTPUT) ? [] : [{ ...file, path }]
  })
}
